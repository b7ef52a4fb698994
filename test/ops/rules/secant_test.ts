import assert from "node:assert/strict";
import { pullBack } from "../../../src/graph/differentiate.ts";
import { trace } from "../../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../../src/graph/reference_executor.ts";
import { elements, type ValueType } from "../../../src/ops/op.ts";
import type { OpName } from "../../../src/ops/op_table.ts";
import { OPS } from "../../../src/ops/op_table.ts";
import { meanDecay, sigmoidSlope, tanhSlope } from "../../../src/ops/rules/slopes.ts";
import { secantRules } from "../../../src/ops/rules/secant_rules.ts";
import { assertClose } from "../../support/closeness.ts";
import { inputData, type OpCase, opCase, uploadWeights } from "../../support/op_case.ts";
import { randomValues } from "../../support/random.ts";

const f32 = (...shape: number[]): ValueType => ({ shape, dtype: "f32" });
const u32 = (...shape: number[]): ValueType => ({ shape, dtype: "u32" });
const attention = { heads: 3, kvHeads: 1, headSize: 6, sequences: 4, shared: 0, queries: null };
const capped = { scale: 0.9, softCap: 1.25 };
const norm = { weight: "w", epsilon: 1e-4 };
const head = { weight: "head", vocabulary: 37 };
const heads = { w: [1, 12], head: [37, 11] } as const;

/** An op between two starts and two ends, which are the halves of its first input. */
const PAIRS: readonly OpCase[] = [
  opCase({ title: "attention", op: "attention", attributes: attention, inputs: [f32(4, 9, 30)] }),
  opCase({
    title: "attention of the last queries over a window of soft-capped scores",
    op: "attention",
    attributes: { ...attention, ...capped, window: 4, queries: 6 },
    inputs: [f32(4, 9, 30)],
  }),
  opCase({ title: "swiglu", op: "swiglu", attributes: {}, inputs: [f32(4, 3, 14)] }),
  opCase({ title: "geglu", op: "geglu", attributes: {}, inputs: [f32(4, 3, 14)] }),
  opCase({ title: "rmsNorm", op: "rmsNorm", attributes: norm, inputs: [f32(4, 3, 12)], weights: { w: heads.w } }),
  opCase({
    title: "headNorm",
    op: "headNorm",
    attributes: { ...norm, heads: 3, kvHeads: 2, headSize: 6 },
    inputs: [f32(4, 3, 42)],
    weights: { w: heads.w },
  }),
  opCase({
    title: "rope",
    op: "rope",
    attributes: { heads: 2, headSize: 6, inverse: false, sequences: 4, shared: 0 },
    inputs: [f32(4, 3, 17), f32(3, 6)],
  }),
  opCase({
    title: "takeRows",
    op: "takeRows",
    attributes: { sequence: 7, start: 2, count: 3 },
    inputs: [f32(4, 7, 5)],
  }),
  ...[{}, { softCap: 0.8 }].flatMap((cap) => [
    ...(["log-prob", "probability", "entropy", "divergence", "jensen-shannon"] as const).map((measure) =>
      opCase({
        title: `pairedScore, ${measure} ${JSON.stringify(cap)}`,
        op: "pairedScore",
        attributes: { ...head, ...cap, measure },
        inputs: [
          f32(4, 3, 11),
          ...(measure === "divergence" || measure === "jensen-shannon"
            ? [f32(3, 37)]
            : measure === "entropy"
            ? []
            : [u32(12)]),
        ],
        weights: { head: heads.head },
        data: measure === "divergence" || measure === "jensen-shannon"
          ? {}
          : { 1: Uint32Array.from({ length: 12 }, (_, i) => 7 * (i % 6) % 37) },
      })
    ),
    ...[false, true].map((pair) =>
      opCase({
        title: `pairedLogit${pair ? " of pairs" : ""} ${JSON.stringify(cap)}`,
        op: "pairedLogit",
        attributes: { ...head, ...cap, pair },
        inputs: [f32(4, 3, 11), pair ? u32(12, 2) : u32(12)],
        weights: { head: heads.head },
        data: { 1: Uint32Array.from({ length: pair ? 24 : 12 }, (_, i) => 5 * (i % (pair ? 12 : 6)) % 37) },
      })
    ),
  ]),
];

/** The op's output at both halves of its first input, and what a multiplier of the change becomes. */
async function pulled(one: OpCase, x: Float32Array<ArrayBuffer>, ordered: boolean) {
  const g = trace();
  const inputs = one.inputs.map((type, i) => g.input(`in${i}`, type));
  const [output] = g.emit(one.op as OpName, one.attributes as never, inputs);
  const half = { ...output, shape: [output.shape[0] / 2, ...output.shape.slice(1)] };
  const [multiplier] = pullBack(g, output, [g.input("m", half)], inputs[0], { rules: secantRules({ ordered }) });
  const executor = createReferenceExecutor();
  await uploadWeights(executor, one.weights);
  const program = await executor.compile(g.finish({ output, multiplier }));
  const m = randomValues(elements(half), 79);
  return { m, ...(await program.run({ ...inputData(one), in0: x, m })).outputs };
}

/** Σ m (end − start) over the halves of values. */
function change(m: ArrayLike<number>, values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < m.length; i++) sum += m[i] * (values[m.length + i] - values[i]);
  return sum;
}

for (const one of PAIRS) {
  for (const ordered of [false, true]) {
    Deno.test(`multipliers of ${one.title} share the change exactly${ordered ? ", ordered" : ""}`, async () => {
      // Changes from the size of the values down to where a difference of outputs has no digits left.
      for (const size of [1, 1e-3]) {
        const x = randomValues(elements(one.inputs[0]), 3).map((value) => 3 * value);
        x.subarray(x.length / 2).forEach((value, i) => x[x.length / 2 + i] = x[i] + size * value);
        const { m, output, multiplier } = await pulled(one, x, ordered);
        const [given, found] = [change(m, output), change(multiplier, x)];
        assert.ok(Math.abs(given - found) <= 1e-12 * (1 + Math.abs(given)), `${given} and ${found} for ${size}`);
      }
    });
  }

  Deno.test(`multipliers of ${one.title} between equal points are the derivative`, async () => {
    const x = randomValues(elements(one.inputs[0]), 3);
    x.copyWithin(x.length / 2, 0, x.length / 2);
    const { m, multiplier } = await pulled(one, x, false);
    const op = OPS[one.op];
    assert.ok(op.vjp);
    const exact = one.op.startsWith("paired") ? await headGradient(one, x, m) : await gradient(one, x, m);
    assertClose(multiplier, exact, { absolute: 1e-13, relative: 1e-12 });
  });
}

/** The gradient at the starts, of as many sequences. */
async function gradient(one: OpCase, x: Float32Array, m: Float32Array<ArrayBuffer>): Promise<Float64Array> {
  const g = trace();
  const [first, ...others] = one.inputs;
  const half = { ...first, shape: [first.shape[0] / 2, ...first.shape.slice(1)] };
  const inputs = [half, ...others].map((type, i) => g.input(`in${i}`, type));
  const attributes = one.attributes as { readonly sequences?: number };
  const own = attributes.sequences === undefined ? attributes : { ...attributes, sequences: attributes.sequences / 2 };
  const [output] = g.emit(one.op as OpName, own as never, inputs);
  const [result] = pullBack(g, output, [g.input("m", output)], inputs[0]);
  const executor = createReferenceExecutor();
  await uploadWeights(executor, one.weights);
  const program = await executor.compile(g.finish({ result }));
  return (await program.run({ ...inputData(one), in0: x.slice(0, x.length / 2), m })).outputs.result;
}

/** The gradient of the head's op without pairs. */
async function headGradient(one: OpCase, x: Float32Array, m: Float32Array<ArrayBuffer>): Promise<Float64Array> {
  const { measure, pair, ...attributes } = one.attributes as unknown as Record<string, unknown>;
  const plain = { ...attributes, gradient: true };
  const found = pair !== undefined
    ? { op: "tokenLogit", attributes: { ...plain, pair } }
    : measure === "entropy" || measure === "divergence" || measure === "jensen-shannon"
    ? { op: "distributionScore", attributes: { ...plain, measure } }
    : { op: "targetLogProb", attributes: { ...plain, probability: measure === "probability" } };
  const others = one.inputs.slice(1).map((type) =>
    type.dtype === "u32" ? { ...type, shape: [type.shape[0] / 2, ...type.shape.slice(1)] } : type
  );
  const data = one.data?.[1] === undefined || others.length === 0
    ? {}
    : { 1: one.data[1].slice(0, elements(others[0])) };
  const plainCase = { ...one, ...found, inputs: [one.inputs[0], ...others], data } as unknown as OpCase;
  return await gradient(plainCase, x, m);
}

Deno.test("slopes between near points keep their digits", () => {
  assert.equal(meanDecay(0), 1);
  assertClose([meanDecay(1e-9)], [1 - 5e-10], { absolute: 0, relative: 1e-15 });
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  for (const x of [-40, -2, 0, 0.3, 17]) {
    const exact = sigmoid(x) * sigmoid(-x);
    assertClose([sigmoidSlope(x, x + 1e-10), sigmoidSlope(x, x)], [exact, exact], { absolute: 0, relative: 1e-9 });
    assertClose([tanhSlope(x / 2, x / 2)], [4 * exact], { absolute: 0, relative: 1e-13 });
  }
  // A change that overflows an exponential is none for a slope.
  assert.equal(sigmoidSlope(-800, 800), 1 / 1600);
});
