import assert from "node:assert/strict";
import { pullBack, pushForward } from "../../../src/graph/differentiate.ts";
import { trace } from "../../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../../src/graph/reference_executor.ts";
import { OPS } from "../../../src/ops/op_table.ts";
import { assertClose } from "../../support/closeness.ts";
import { inputData, type OpCase } from "../../support/op_case.ts";
import { randomValues } from "../../support/random.ts";
import { coarse, STEP, testDerivatives, testKernels, testLowering, TOLERANCE } from "../op_checks.ts";
import { ATTENTION_CASES } from "./attention_cases.ts";

testKernels(ATTENTION_CASES);
testLowering(ATTENTION_CASES.map(withOwnOutputs));
testDerivatives(ATTENTION_CASES);

/** Gives a derivative the o and lse of its qkv: in ONNX operators the probabilities are computed again. */
function withOwnOutputs(one: OpCase): OpCase {
  if (one.op !== "attentionBackward" && one.op !== "attentionTangent") return one;
  const { in0: qkv } = inputData(one);
  const [o, lse] = OPS.attention.reference({
    attributes: one.attributes,
    inputs: [Float64Array.from(qkv)],
    inputTypes: one.inputs.slice(0, 1),
    outputTypes: one.inputs.slice(1, 3),
    weight: () => assert.fail("attention has no weights"),
  });
  return { ...one, data: { ...one.data, 1: Float32Array.from(o), 2: Float32Array.from(lse) } };
}

/** x [2, 5, 30] through RoPE behind 4 shared rows and attention, of whose last 3 queries only 2 may have a gradient. */
function behindShared() {
  const g = trace();
  const [x, rotation, shared] = ([[2, 5, 30], [5, 6], [4, 12]] as const).map((shape, i) =>
    g.input(`in${i}`, { shape, dtype: "f32" })
  );
  const rope = { heads: 4, headSize: 6, inverse: false, sequences: 2, shared: 4 };
  const [rows] = g.emit("rope", rope, [x, rotation, shared]);
  const attributes = { heads: 3, kvHeads: 1, headSize: 6, sequences: 2, shared: 4, queries: 3 };
  const [o] = g.emit("attention", attributes, [rows]);
  return { g, x, o };
}

const BEHIND = [300, 30, 48].map((size, i) => coarse(randomValues(size, i + 1)));
const behindInputs = (x: Float32Array<ArrayBuffer> = BEHIND[0]) => ({ in0: x, in1: BEHIND[1], in2: BEHIND[2] });

Deno.test("forward mode through attention behind shared rows equals central differences", async () => {
  const direction = coarse(randomValues(300, 77));
  const { g, x, o } = behindShared();
  const along = pushForward(g, x, g.input("direction", x), o);
  const program = await createReferenceExecutor().compile(g.finish({ o, tangent: along }));
  const at = async (factor: number) => {
    const moved = BEHIND[0].map((value, i) => value + factor * direction[i]) as Float32Array<ArrayBuffer>;
    return (await program.run({ ...behindInputs(moved), direction })).outputs;
  };
  const [ahead, behind, { tangent }] = [await at(STEP), await at(-STEP), await at(0)];
  assertClose(tangent, ahead.o.map((value, i) => (value - behind.o[i]) / (2 * STEP)), TOLERANCE);
});

for (const n of [3, 2]) {
  Deno.test(`reverse mode through attention behind shared rows is the transpose, of ${n} of 3 queries`, async () => {
    const direction = coarse(randomValues(300, 78));
    const { g, x, o } = behindShared();
    const cotangent = randomValues(2 * n * 18, 79);
    const given = g.input("cotangent", { shape: [2, n, 18], dtype: "f32" });
    const tangent = pushForward(g, x, g.input("direction", x), o);
    const [gradient] = pullBack(g, o, [given], x);
    // The gradient leaves out the rows that the last query alone reaches.
    assert.deepEqual(gradient.shape, [2, 2 + n, 30]);
    const program = await createReferenceExecutor().compile(g.finish({ tangent, gradient }));
    const { outputs } = await program.run({ ...behindInputs(), direction, cotangent });
    const sum = (values: Float64Array, weights: (i: number) => number) =>
      values.reduce((total, value, i) => total + value * weights(i), 0);
    const forward = sum(outputs.tangent, (i) => {
      const [b, row] = [Math.floor(i / 54), Math.floor(i / 18) % 3];
      return row < n ? cotangent[(b * n + row) * 18 + i % 18] : 0;
    });
    const own = 2 + n;
    const reverse = sum(outputs.gradient, (i) => direction[(Math.floor(i / (own * 30)) * 5) * 30 + i % (own * 30)]);
    assert.ok(Math.abs(forward - reverse) <= 1e-12 * (1 + Math.abs(forward)), `${forward} and ${reverse}`);
  });
}
