import assert from "node:assert/strict";
import { openCheckpoint } from "../../src/checkpoint/open_checkpoint.ts";
import { loadModel } from "../../src/model/model.ts";
import { f32Of, goldenPath, readGolden, sha256Of } from "../quant/golden.ts";
import { exactValues } from "./exact_values.ts";
import { assertClose } from "../support/closeness.ts";

/** Values of test/golden/quant_models.py for a directory. */
interface Frozen {
  readonly tensors: Record<string, {
    readonly shape: number[];
    readonly format: string;
    /** Of the f32 values. */
    readonly sha256: string;
    /** f32 values of row 1 of a matrix. */
    readonly row1?: string;
  }>;
  readonly prompt: number[];
  readonly target: number[];
  /** In f64. */
  readonly logProbs: number[];
}

const golden = readGolden<Record<string, Frozen>>("models.json");

/** Models whose weights are all dense once they are read: FP4's codes are kept by no kernel. */
const DENSE = new Set(["fp4"]);

for (const [name, { tensors, prompt, target, logProbs }] of Object.entries(golden)) {
  const path = goldenPath(`models/${name}`);

  Deno.test(`openCheckpoint() of ${name} lists every weight under its own name, shape and format`, async () => {
    const checkpoint = await openCheckpoint(path);
    const listed = [...checkpoint.tensors.values()].map(({ name, shape, format }) => [name, { shape, format }]);
    const expected = Object.entries(tensors).map(([name, { shape, format }]) => [name, { shape, format }]);
    assert.deepEqual(Object.fromEntries(listed), Object.fromEntries(expected));
    checkpoint.close();
  });

  Deno.test(`read() and readRows() of ${name} give the reference's f32 values of every weight`, async () => {
    const checkpoint = await openCheckpoint(path);
    for (const [name, { shape, sha256, row1 }] of Object.entries(tensors)) {
      const tensor = await checkpoint.read(name);
      assert.deepEqual(tensor.shape, shape, name);
      const values = await exactValues(checkpoint, tensor, name);
      assert.equal(await sha256Of(values), sha256, name);
      if (row1 === undefined) continue;
      const rows = await checkpoint.readRows(name, [1, shape[0] - 1, 1]);
      const expected = [f32Of(row1), values.slice(-shape[1]), f32Of(row1)].flatMap((row) => [...row]);
      assert.deepEqual([...rows], expected, name);
    }
    checkpoint.close();
  });

  // Dense f32 weights on the GPU are tested elsewhere.
  const devices = DENSE.has(name) ? ["cpu", "reference"] as const : ["webgpu", "cpu", "reference"] as const;
  for (const device of devices) {
    Deno.test(`${name} on ${device}: log-probs equal PyTorch's in f64`, async () => {
      const model = await loadModel(path, { device });
      try {
        const [score] = await model.score([await model.embed(prompt)], target);
        // As test/model/awkward_test.ts: f32, and the f64 reference's table of rotations in f32.
        assertClose(score, logProbs, { absolute: device === "reference" ? 3e-6 : 2e-5, relative: 0 }, name);
      } finally {
        model.close();
      }
    });
  }
}

Deno.test("the golden models hold what llm_int8_skip_modules keeps beside NF4", () => {
  const { tensors } = golden.skip;
  const skipped = ["lm_head", "model.layers.0.mlp.down_proj", "model.layers.0.self_attn.v_proj"];
  for (const module of skipped) assert.equal(tensors[`${module}.weight`].format, "F16");
  const packed = Object.values(tensors).filter(({ format }) => format === "NF4");
  assert.equal(packed.length, 7 - 2);
});
