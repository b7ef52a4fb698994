import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { blockWeights, MODEL_SHAPES } from "../../../src/model/tune/model_shapes.ts";
import { knownClasses, modelClasses, type TunedClass } from "../../../src/model/tune/tuned_classes.ts";

const MODEL = fileURLToPath(new URL("../../golden/awkward/nf4/", import.meta.url));

const familyOf = (one: TunedClass) =>
  "headSize" in one ? `heads of ${one.headSize}` : `${one.direction} ${one.format} ${one.inner}`;

Deno.test("knownClasses() has each product of the known models once in each direction, and each size of heads", async () => {
  const classes = await knownClasses();
  const families = classes.map(familyOf);
  assert.equal(new Set(families).size, families.length);
  for (const shape of MODEL_SHAPES) {
    for (const { inner } of blockWeights(shape)) {
      for (const direction of ["forward", "transposed", "single"]) {
        assert.ok(families.includes(`${direction} nf4 ${inner}`), `${shape.name}: ${direction} ${inner}`);
      }
    }
    assert.ok(families.includes(`heads of ${shape.headSize}`));
  }
});

Deno.test("modelClasses() lists the matrices of a checkpoint, in NF4 if it is quantized at load", async () => {
  const formats = async (quantize: "nf4" | "none", path: string) =>
    new Set((await modelClasses(path, { quantize })).flatMap((one) => "format" in one ? [one.format] : []));
  assert.deepEqual(await formats("none", MODEL), new Set(["nf4", "bf16"]));
  const dense = MODEL.replace(/nf4\/$/, "bf16/");
  assert.deepEqual(await formats("none", dense), new Set(["bf16"]));
  assert.deepEqual(await formats("nf4", dense), new Set(["nf4", "bf16"]));
});
