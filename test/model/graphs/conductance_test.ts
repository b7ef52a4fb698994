import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { integrateAdaptively } from "../../../src/attribution/adaptive.ts";
import { integrateFixed } from "../../../src/attribution/integrated_gradients.ts";
import { trace } from "../../../src/graph/graph.ts";
import { conductanceTaps } from "../../../src/model/graphs/conductance.ts";
import { pathGraph } from "../../../src/model/graphs/path_graph.ts";
import { type Device, loadModel } from "../../../src/model/model.ts";
import golden from "../../golden/conductance/awkward.json" with { type: "json" };
import { assertClose } from "../../support/closeness.ts";
import { CONFIG, MODEL } from "../../support/small_decoder.ts";

const DIRECTORY = fileURLToPath(new URL("../../golden/awkward/f32", import.meta.url));
const { prompt, target } = golden;
const POSITIONS = prompt.length + target.length - 1;

async function withPath(
  device: Device,
  layer: number,
  check: (path: Awaited<ReturnType<Awaited<ReturnType<typeof loadModel>>["path"]>>, heads: number) => Promise<void>,
) {
  const model = await loadModel(DIRECTORY, { device });
  try {
    const { hiddenSize: D, heads } = model.config;
    const end = await model.embed(prompt);
    const mean = await model.meanEmbedding();
    const start = end.map((value, i) => i < golden.frozen * D ? value : mean[i % D]);
    await check(await model.path({ start, end, targets: target, layer }), heads);
  } finally {
    model.close();
  }
}

/** Rows of a layer: heads, what skips attention, the MLP, what skips that. */
function rowsOf(inside: ArrayLike<number>, layer: number, heads: number): number[][] {
  const parts = heads + 3;
  return Array.from(
    { length: parts },
    (_, part) => Array.from({ length: POSITIONS }, (_, i) => inside[(layer * parts + part) * POSITIONS + i]),
  );
}

// PyTorch in f64 against f32 on the device; what the reference samples is kept in f32.
const TOLERANCES = {
  webgpu: { absolute: 2e-5, relative: 5e-4 },
  cpu: { absolute: 2e-5, relative: 5e-4 },
  reference: { absolute: 1e-6, relative: 2e-5 },
} as const;

for (const device of ["reference", "cpu", "webgpu"] as const) {
  Deno.test(`on ${device} the conductance of heads and MLPs equals autograd's, which Captum's comes near to`, () =>
    withPath(device, 0, async (path, heads) => {
      const { inside } = await integrateFixed(path, "gauss-legendre", golden.gaussLegendre, "sequence", {
        inside: true,
      });
      golden.layers.forEach((layer, at) => {
        const rows = rowsOf(inside!, at, heads);
        assertClose(rows.slice(0, heads).flat(), layer.heads.flat(), TOLERANCES[device]);
        assertClose(rows[heads + 1], layer.mlp, TOLERANCES[device]);
      });
    }));
}

for (const layer of [0, 2]) {
  Deno.test(`from layer ${layer} on every cut of the network sums to the derivative of the scores at each point`, () =>
    withPath("reference", layer, async (path, heads) => {
      const wants = { tangent: true, gradient: "sequence", inside: true } as const;
      const { tangent, inside } = await path.evaluate([0.1, 0.6, 1], wants);
      tangent.forEach((slopes, k) => {
        const whole = slopes.reduce((sum, value) => sum + value, 0);
        for (let at = 0; at < 3 - layer; at++) {
          const sums = rowsOf(inside![k], at, heads).map((row) => row.reduce((sum, value) => sum + value, 0));
          const attention = sums.slice(0, heads + 1).reduce((sum, value) => sum + value, 0);
          assertClose([attention, sums[heads + 1] + sums[heads + 2]], [whole, whole], {
            absolute: 1e-5,
            relative: 1e-6,
          });
        }
      });
    }));
}

Deno.test("adaptive quadrature integrates what passes through the network with the weights of the attribution", () =>
  withPath("reference", 0, async (path, heads) => {
    const options = { tolerance: 0.05, budget: 200, gradient: "sequence" } as const;
    const { inside, total, attribution } = await integrateAdaptively(path, { ...options, inside: true });
    const whole = total!.reduce((sum, value) => sum + value, 0);
    for (const at of [0, 1, 2]) {
      const passed = rowsOf(inside!, at, heads).slice(heads + 1).flat().reduce((sum, value) => sum + value, 0);
      assertClose([passed], [whole], { absolute: 1e-5, relative: 1e-6 });
    }
    assert.deepEqual((await integrateAdaptively(path, options)).attribution, attribution);
  }));

Deno.test("a graph with cuts keeps the scores, tangents and gradients of one without", () => {
  const shape = { sequences: 2, prompt: 5, shared: 2, targets: 3 };
  const wants = { tangent: true, gradient: "sequence" } as const;
  const count = (inside: boolean, op: string) =>
    pathGraph(MODEL, shape, { ...wants, inside }).nodes.filter((node) => node.op.name === op).length;
  for (const op of ["linear", "linearTransposed", "attention", "attentionTangent", "attentionBackward", "rmsNorm"]) {
    assert.equal(count(true, op), count(false, op), op);
  }
  assert.equal(count(true, "rowDot") - count(false, "rowDot"), 4 * CONFIG.layers);
});

Deno.test("conductanceTaps() refuses a block whose values were not differentiated both ways", () => {
  const g = trace();
  const x = g.input("x", { shape: [2, 4], dtype: "f32" });
  const taps = conductanceTaps(g, 2);
  taps.onBlock({ heads: x, before: x, between: x, mlp: x, after: x });
  assert.throws(() => taps.products(), /Cannot cut block 0/);
});
