import assert from "node:assert/strict";
import { pullBack } from "../../../src/graph/differentiate.ts";
import { trace } from "../../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../../src/graph/reference_executor.ts";
import { elements, type ValueType } from "../../../src/ops/op.ts";
import type { OpName } from "../../../src/ops/op_table.ts";
import { POINT_RULES, type PointRuleName } from "../../../src/ops/rules/rule_table.ts";
import { assertClose } from "../../support/closeness.ts";
import { inputData, type OpCase, opCase, uploadWeights } from "../../support/op_case.ts";
import { randomValues } from "../../support/random.ts";

const f32 = (...shape: number[]): ValueType => ({ shape, dtype: "f32" });
const attention = opCase({
  title: "attention",
  op: "attention",
  attributes: { heads: 3, kvHeads: 1, headSize: 6, sequences: 2, shared: 0, queries: null },
  inputs: [f32(2, 5, 30)],
});
const swiglu = opCase({ title: "swiglu", op: "swiglu", attributes: {}, inputs: [f32(2, 3, 14)] });
const geglu = opCase({ title: "geglu", op: "geglu", attributes: {}, inputs: [f32(2, 3, 14)] });
const rmsNorm = opCase({
  title: "rmsNorm",
  op: "rmsNorm",
  attributes: { weight: "w", epsilon: 1e-4 },
  inputs: [f32(2, 3, 12)],
  weights: { w: [1, 12] },
});
const headNorm = opCase({
  title: "headNorm",
  op: "headNorm",
  attributes: { weight: "w", epsilon: 1e-4, heads: 3, kvHeads: 2, headSize: 6 },
  inputs: [f32(2, 3, 42)],
  weights: { w: [1, 12] },
});

/** The op's input and output, a cotangent, and what the rules, or its derivative, make of that. */
async function pulled(one: OpCase, rule?: PointRuleName) {
  const g = trace();
  const x = g.input("in0", one.inputs[0]);
  const [output] = g.emit(one.op as OpName, one.attributes as never, [x]);
  const [result] = pullBack(g, output, [g.input("m", output)], x, { rules: rule && POINT_RULES[rule] });
  const executor = createReferenceExecutor();
  await uploadWeights(executor, one.weights);
  const program = await executor.compile(g.finish({ output, result }));
  const m = randomValues(elements(output), 79);
  const { in0 } = inputData(one);
  return { x: in0, m, ...(await program.run({ in0, m })).outputs };
}

function product(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

for (const one of [swiglu, geglu, rmsNorm, headNorm]) {
  Deno.test(`AttnLRP conserves relevance at ${one.title}`, async () => {
    const { x, m, output, result } = await pulled(one, "attnLrp");
    assertClose([product(x, result)], [product(output, m)], { absolute: 1e-12, relative: 1e-12 });
  });
}

for (const rule of ["attnLrp", "gimHalvedGates"] as const) {
  Deno.test(`${rule} halves the derivatives of values and quarters those of queries and keys`, async () => {
    const { result } = await pulled(attention, rule);
    const { result: derivative } = await pulled(attention);
    const sharp = rule === "attnLrp" ? 24 : 0;
    result.forEach((value, i) => {
      const column = i % 30;
      if (column >= 24) assert.equal(value, derivative[i] / 2);
      else if (column < sharp) assert.equal(value, derivative[i] / 4);
    });
    // Temperature two is another derivative of the scores.
    assert.equal(rule === "attnLrp", result.every((value, i) => i % 30 >= 24 || value === derivative[i] / 4));
  });
}

Deno.test("GIM's gates are halved derivatives, or whole ones", async () => {
  for (const one of [swiglu, geglu]) {
    const { result: derivative } = await pulled(one);
    assert.deepEqual((await pulled(one, "gimHalvedGates")).result, derivative.map((value) => value / 2));
    assert.deepEqual((await pulled(one, "gimWholeGates")).result, derivative);
  }
});

Deno.test("GIM's scores have the derivative of probabilities at temperature two, without its factor", async () => {
  // One head of one query that sees two keys: p = softmax(s), the gradient of p₁ by s₁ is p_T (1 − p_T).
  const attributes = { heads: 1, kvHeads: 1, headSize: 2, sequences: 1, shared: 0, queries: 1, scale: 1 };
  const one = opCase({ title: "pair", op: "attention", attributes, inputs: [f32(1, 2, 6)] });
  const g = trace();
  const x = g.input("in0", one.inputs[0]);
  const [o] = g.emit("attention", attributes, [x]);
  const [result] = pullBack(g, o, [g.input("m", o)], x, { rules: POINT_RULES.gimHalvedGates });
  const program = await createReferenceExecutor().compile(g.finish({ result }));
  // Queries are the first two columns, keys the next, values the last: scores 0 and 3, values 1 and 0.
  const in0 = Float32Array.of(0, 0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0);
  const { outputs } = await program.run({ in0, m: Float32Array.of(1, 0) });
  const p = 1 / (1 + Math.exp(-3 / 2));
  const slope = -p * (1 - p);
  assertClose(outputs.result.slice(6, 10), [slope / 4, 0, 3 * slope / 4, 0], { absolute: 1e-15, relative: 1e-12 });
});
