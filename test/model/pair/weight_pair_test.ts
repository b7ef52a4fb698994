import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { integrateFixed } from "../../../src/attribution/integrated_gradients.ts";
import { type Device, loadModel } from "../../../src/model/model.ts";
import { partsOf } from "../../../src/model/graphs/weight_path_graph.ts";
import { loadWeightPair, type WeightPair } from "../../../src/model/pair/weight_pair.ts";
import golden from "../../golden/weights/awkward.json" with { type: "json" };
import { assertClose } from "../../support/closeness.ts";

const SOURCE = fileURLToPath(new URL("../../golden/awkward/f32", import.meta.url));
const { prompt, target } = golden;
const POSITIONS = prompt.length + target.length - 1;
const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);

async function withPair(device: Device, check: (pair: WeightPair) => Promise<void>): Promise<void> {
  const pair = await loadWeightPair({ source: SOURCE }, { source: SOURCE, quantize: "nf4" }, { device, cache: "off" });
  try {
    await check(pair);
  } finally {
    pair.close();
  }
}

// PyTorch in f64 against f32 on the device; the f64 reference differs by the f32 table of rotations.
const TOLERANCES = {
  webgpu: { absolute: 5e-5, relative: 2e-4 },
  cpu: { absolute: 5e-5, relative: 2e-4 },
  reference: { absolute: 3e-6, relative: 1e-5 },
} as const;

/** Shares of heads and matrices by their names in the golden file, in the order of the path's coordinates. */
const PARTS = [0, 1, 2].flatMap((layer) => [
  ...["q_proj", "k_proj", "v_proj", "o_proj"].map((name) => `layers.${layer}.self_attn.${name}`),
  ...["gate_proj", "up_proj", "down_proj"].map((name) => `layers.${layer}.mlp.${name}`),
]);

for (const device of ["reference", "cpu", "webgpu"] as const) {
  Deno.test(`on ${device} the shares of heads and matrices in a change to NF4 equal autograd's`, () =>
    withPair(device, async (pair) => {
      assert.deepEqual(
        pair.changed,
        [0, 1, 2].flatMap((layer) => ["qkv", "o", "gate_up", "down"].map((name) => `layers.${layer}.${name}`)),
      );
      const rows = await pair.model.embed(prompt);
      const path = await pair.path({ prompt: rows, targets: target, changed: pair.changed });
      const { attribution, total: totals, input, baseline } = await integrateFixed(
        path,
        "gauss-legendre",
        golden.gaussLegendre,
        "sequence",
      );
      assertClose(baseline, golden.first, { absolute: 3e-5, relative: 0 });
      assertClose(input, golden.other, { absolute: 3e-5, relative: 0 });
      const shares = Array.from(
        { length: attribution.length / POSITIONS },
        (_, part) => total(attribution.subarray(part * POSITIONS, (part + 1) * POSITIONS)),
      );
      const expected = PARTS.flatMap((name) => golden.shares[name as keyof typeof golden.shares]);
      assertClose(shares, expected, TOLERANCES[device]);
      assertClose(totals!, input.map((value, t) => value - baseline[t]), TOLERANCES[device]);
    }));
}

Deno.test("a weight that stays is as in the first checkpoint, at the end of the path too", () =>
  withPair("reference", async (pair) => {
    const rows = await pair.model.embed(prompt);
    const wants = { tangent: false, gradient: "none" } as const;
    const none = await pair.path({ prompt: rows, targets: target, changed: [] });
    assertClose((await none.evaluate([1], wants)).score[0], golden.first, { absolute: 3e-6, relative: 0 });
    const some = await pair.path({ prompt: rows, targets: target, changed: pair.changed.slice(0, 3) });
    const [start, end] = (await some.evaluate([0, 1], wants)).score;
    assertClose(start, golden.first, { absolute: 3e-6, relative: 0 });
    assert.ok(Math.abs(total(end) - total(golden.other)) > 0.01);
  }));

Deno.test("checkpoints without a difference, or of other configurations, embeddings and heads, are refused", async () => {
  const same = loadWeightPair({ source: SOURCE }, { source: SOURCE }, { device: "reference" });
  await assert.rejects(same, /some must differ: got the same ones/);
  const embedded = loadWeightPair({ source: SOURCE }, {}, { device: "reference" });
  await assert.rejects(embedded, /must have the configuration of/);
  const rounded = fileURLToPath(new URL("../../golden/awkward/bf16", import.meta.url));
  const heads = loadWeightPair({ source: SOURCE }, { source: rounded }, { device: "reference" });
  await assert.rejects(heads, /one embedding and one head: got others in/);
});

Deno.test("partsOf() counts heads of stacked queries, keys and values, and both inputs of the MLP", async () => {
  const model = await loadModel(SOURCE, { device: "reference" });
  assert.deepEqual(
    ["layers.2.qkv", "layers.0.gate_up", "layers.1.o", "norm"].map((weight) => partsOf(model.config, weight)),
    [9, 2, 1, 1],
  );
  model.close();
});
