import assert from "node:assert/strict";
import { pullBack, pushForward } from "../../src/graph/differentiate.ts";
import { trace } from "../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../src/graph/reference_executor.ts";
import { elements } from "../../src/ops/op.ts";
import { type OpName, OPS } from "../../src/ops/op_table.ts";
import { assertClose } from "../support/closeness.ts";
import { inputData, type OpCase, opCase, runOp, uploadWeights } from "../support/op_case.ts";
import { randomValues } from "../support/random.ts";
import { CASES } from "./op_cases.ts";

const LINEAR = opCase({
  title: "linear",
  op: "linear",
  attributes: { weight: "w", bias: "b", outputs: 5, inner: 7 },
  inputs: [{ shape: [3, 7], dtype: "f32" }],
  weights: { w: [5, 7], b: [1, 5] },
});

// Inputs come as f32, so a step must be exact in f32: a power of two, with an error of its square.
const STEP = 2 ** -10;
const TOLERANCE = { absolute: 1e-5, relative: 1e-5 };

/** Values of the first output with in0 moved by factor · direction. */
async function moved(one: OpCase, direction: Float32Array, factor: number): Promise<Float64Array> {
  const base = inputData(one).in0;
  const data = { ...one.data, 0: base.map((value, i) => value + factor * direction[i]) as Float32Array<ArrayBuffer> };
  return (await runOp(createReferenceExecutor(), { ...one, data }))[0];
}

/** Multiples of 2⁻¹⁰ below 1, and inputs rounded alike, so that x ± h·d is exact in f32. */
function coarse(values: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(values, (value) => Math.round(value * 1024) / 1024);
}

for (const one of [LINEAR, ...CASES].filter(({ op }) => OPS[op].vjp !== null)) {
  const exact: OpCase = { ...one, data: { ...one.data, 0: coarse(inputData(one).in0 as Float32Array) } };

  Deno.test(`forward mode of ${one.title} equals central differences`, async () => {
    const direction = coarse(randomValues(elements(one.inputs[0]), 77));
    const { tangent } = await derivatives(exact, direction);
    const [ahead, behind] = [await moved(exact, direction, STEP), await moved(exact, direction, -STEP)];
    assertClose(tangent, ahead.map((value, i) => (value - behind[i]) / (2 * STEP)), TOLERANCE);
  });

  Deno.test(`reverse mode of ${one.title} is the transpose of forward mode`, async () => {
    const direction = coarse(randomValues(elements(one.inputs[0]), 78));
    const { tangent, gradient, cotangent } = await derivatives(exact, direction);
    const forward = tangent.reduce((sum, value, i) => sum + value * cotangent[i], 0);
    const reverse = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
    assert.ok(Math.abs(forward - reverse) <= 1e-12 * (1 + Math.abs(forward)), `${forward} and ${reverse}`);
  });
}

/** JVP along `direction` and VJP of a random cotangent of the op's first output with respect to its first input. */
async function derivatives(one: OpCase, direction: Float32Array<ArrayBuffer>) {
  const g = trace();
  const inputs = one.inputs.map((type, i) => g.input(`in${i}`, type));
  const [output] = g.emit(one.op as OpName, one.attributes as never, inputs);
  const tangent = pushForward(g, inputs[0], g.input("direction", one.inputs[0]), output);
  const [gradient] = pullBack(g, output, [g.input("cotangent", output)], inputs[0]);
  const executor = createReferenceExecutor();
  await uploadWeights(executor, one.weights);
  const cotangent = randomValues(elements(output), 79);
  const program = await executor.compile(g.finish({ tangent, gradient }));
  const { outputs } = await program.run({ ...inputData(one), direction, cotangent });
  return { ...outputs, cotangent };
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
