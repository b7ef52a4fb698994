import type { ValueType } from "../../../src/ops/op.ts";
import { opCase } from "../../support/op_case.ts";
import { randomValues } from "../../support/random.ts";

const f32 = (...shape: number[]): ValueType => ({ shape, dtype: "f32" });
const u32 = (...shape: number[]): ValueType => ({ shape, dtype: "u32" });
const head = { weight: "head", vocabulary: 37, gradient: true };
const wideHead = { weight: "head", vocabulary: 8195, gradient: true };

/** Random values [rows, columns] but for some. */
function notFinite(rows: number, columns: number, places: readonly [row: number, column: number, value: number][]) {
  const values = randomValues(rows * columns, 5);
  for (const [row, column, value] of places) values[row * columns + column] = value;
  return values;
}

const tied = new Float32Array(2 * 5000).fill(-1);
for (const place of [4100, 2050, 2047]) tied[place] = tied[5000 + place] = 3;

/** Ops of the head that a GPU splits into parts: rows of many columns, and long sums of few. */
export const HARDWARE_CASES = [
  opCase({ title: "argmax over parts", op: "argmax", attributes: {}, inputs: [f32(3, 5000)] }),
  opCase({
    title: "argmax over parts of which several have the largest value",
    op: "argmax",
    attributes: {},
    inputs: [f32(2, 5000)],
    data: { 0: tied },
  }),
  opCase({
    title: "argmax of rows with a NaN or an infinity in any part",
    op: "argmax",
    attributes: {},
    inputs: [f32(6, 4097)],
    data: {
      0: notFinite(6, 4097, [[0, 0, NaN], [1, 2047, NaN], [2, 2048, Infinity], [3, 4096, -Infinity], [4, 4096, NaN]]),
    },
  }),
  opCase({
    title: "nextToken over parts",
    op: "nextToken",
    attributes: {},
    inputs: [f32(1, 5000), u32(1), u32(1)],
  }),
  opCase({
    title: "targetLogProb whose gradient has sums in parts",
    op: "targetLogProb",
    attributes: { ...head, vocabulary: 8195 },
    inputs: [f32(5, 16), u32(5)],
    weights: { head: [8195, 16] },
  }),
  opCase({
    title: "distributionScore whose gradient has sums in parts",
    op: "distributionScore",
    attributes: { ...head, vocabulary: 1600, measure: "entropy" },
    inputs: [f32(5, 16)],
    weights: { head: [1600, 16] },
  }),
  opCase({
    title: "linear with sums in parts",
    op: "linear",
    attributes: { weight: "w", bias: "b", outputs: 40, inner: 1544 },
    inputs: [f32(5, 1544)],
    weights: { w: [40, 1544], b: [1, 40] },
  }),
  opCase({
    title: "linear with sums in parts and a residual",
    op: "linear",
    attributes: { weight: "w", bias: null, outputs: 40, inner: 1544 },
    inputs: [f32(5, 1544), f32(5, 40)],
    weights: { w: [40, 1544] },
  }),
  opCase({
    title: "linearTransposed with sums in parts",
    op: "linearTransposed",
    attributes: { weight: "w", bias: null, outputs: 1541, inner: 40 },
    inputs: [f32(5, 1541)],
    weights: { w: [1541, 40] },
  }),
];

/** Ops of the head at awkward sizes. */
export const HEAD_CASES = [
  opCase({ title: "argmax over more than a workgroup", op: "argmax", attributes: {}, inputs: [f32(3, 131)] }),
  opCase({
    title: "argmax of rows with a NaN or an infinity anywhere",
    op: "argmax",
    attributes: {},
    inputs: [f32(6, 131)],
    data: { 0: notFinite(6, 131, [[0, 0, NaN], [1, 70, NaN], [2, 130, NaN], [3, 5, Infinity], [4, 64, -Infinity]]) },
  }),
  opCase({
    title: "nextToken of logits with a NaN",
    op: "nextToken",
    attributes: {},
    inputs: [f32(1, 131), u32(1), u32(1)],
    data: { 0: notFinite(1, 131, [[0, 99, NaN]]) },
  }),
  opCase({
    title: "targetLogProb of soft-capped logits",
    op: "targetLogProb",
    attributes: { ...head, softCap: 2 },
    inputs: [f32(5, 11), u32(5)],
    weights: { head: [37, 11] },
  }),
  opCase({
    title: "targetLogProb, as probabilities of soft-capped logits",
    op: "targetLogProb",
    attributes: { ...head, softCap: 2, probability: true },
    inputs: [f32(5, 11), u32(5)],
    weights: { head: [37, 11] },
  }),
  ...[false, true].map((pair) =>
    opCase({
      title: `tokenLogit of soft-capped logits${pair ? ", pairs" : ""}`,
      op: "tokenLogit",
      attributes: { ...head, softCap: 2, pair },
      inputs: [f32(5, 71), u32(5, pair ? 2 : 1)],
      weights: { head: [37, 71] },
    })
  ),
  opCase({
    title: "distributionScore of soft-capped logits over two slices, entropy",
    op: "distributionScore",
    attributes: { ...wideHead, softCap: 0.7, measure: "entropy" },
    inputs: [f32(2, 3)],
    weights: { head: [8195, 3] },
  }),
  opCase({
    title: "distributionScore of soft-capped logits, divergence",
    op: "distributionScore",
    attributes: { ...head, softCap: 2, measure: "divergence" },
    inputs: [f32(6, 11), f32(3, 37)],
    weights: { head: [37, 11] },
  }),
  opCase({
    title: "targetLogProb of soft-capped logits over two slices of the vocabulary",
    op: "targetLogProb",
    attributes: { ...wideHead, softCap: 0.7 },
    inputs: [f32(2, 3), u32(2)],
    weights: { head: [8195, 3] },
    data: { 1: Uint32Array.of(8193, 2) },
  }),
  opCase({
    title: "targetLogProb",
    op: "targetLogProb",
    attributes: head,
    inputs: [f32(5, 11), u32(5)],
    weights: { head: [37, 11] },
  }),
  opCase({
    title: "targetLogProb over two slices of the vocabulary",
    op: "targetLogProb",
    attributes: wideHead,
    inputs: [f32(2, 3), u32(2)],
    weights: { head: [8195, 3] },
    data: { 1: Uint32Array.of(8193, 2) },
  }),
  opCase({
    title: "targetLogProb as a probability, over two slices of the vocabulary",
    op: "targetLogProb",
    attributes: { ...wideHead, probability: true },
    inputs: [f32(2, 3), u32(2)],
    weights: { head: [8195, 3] },
    data: { 1: Uint32Array.of(8193, 2) },
  }),
  opCase({
    title: "targetLogProb as a probability",
    op: "targetLogProb",
    attributes: { ...head, probability: true },
    inputs: [f32(5, 11), u32(5)],
    weights: { head: [37, 11] },
  }),
  opCase({
    title: "nextToken over more than a workgroup",
    op: "nextToken",
    attributes: {},
    inputs: [f32(1, 131), u32(1), u32(1)],
  }),
  opCase({
    title: "tokenLogit",
    op: "tokenLogit",
    attributes: { ...head, pair: false },
    inputs: [f32(5, 11), u32(5)],
    weights: { head: [37, 11] },
  }),
  opCase({
    title: "tokenLogit of pairs",
    op: "tokenLogit",
    attributes: { ...head, pair: true },
    inputs: [f32(5, 11), u32(5, 2)],
    weights: { head: [37, 11] },
  }),
  opCase({
    title: "distributionScore, the entropy",
    op: "distributionScore",
    attributes: { ...head, measure: "entropy" },
    inputs: [f32(5, 11)],
    weights: { head: [37, 11] },
  }),
  opCase({
    title: "distributionScore, the entropy over two slices of the vocabulary",
    op: "distributionScore",
    attributes: { ...wideHead, measure: "entropy" },
    inputs: [f32(2, 3)],
    weights: { head: [8195, 3] },
  }),
  opCase({
    title: "distributionScore, the divergence from references that repeat",
    op: "distributionScore",
    attributes: { ...head, measure: "divergence" },
    inputs: [f32(6, 11), f32(3, 37)],
    weights: { head: [37, 11] },
  }),
  ...[{}, { softCap: 2 }].map((cap) =>
    opCase({
      title: `distributionScore, Jensen and Shannon's from references that repeat ${JSON.stringify(cap)}`,
      op: "distributionScore",
      attributes: { ...head, ...cap, measure: "jensen-shannon" },
      inputs: [f32(6, 11), f32(3, 37)],
      weights: { head: [37, 11] },
    })
  ),
  opCase({
    title: "distributionScore, Jensen and Shannon's over two slices of the vocabulary",
    op: "distributionScore",
    attributes: { ...wideHead, softCap: 0.7, measure: "jensen-shannon" },
    inputs: [f32(2, 3), f32(2, 8195)],
    weights: { head: [8195, 3] },
  }),
  opCase({
    title: "distributionScore, the divergence over two slices of the vocabulary",
    op: "distributionScore",
    attributes: { ...wideHead, measure: "divergence" },
    inputs: [f32(2, 3), f32(2, 8195)],
    weights: { head: [8195, 3] },
  }),
] as const;

/** Cases of ops whose attributes leave no derivative. */
export const HEAD_VALUE_CASES = [
  opCase({
    title: "targetLogProb without its gradient",
    op: "targetLogProb",
    attributes: { ...wideHead, gradient: false },
    inputs: [f32(3, 3), u32(3)],
    weights: { head: [8195, 3] },
    data: { 1: Uint32Array.of(8194, 0, 8191) },
  }),
  opCase({
    title: "tokenLogit of pairs without its gradient",
    op: "tokenLogit",
    attributes: { ...head, pair: true, gradient: false },
    inputs: [f32(5, 11), u32(5, 2)],
    weights: { head: [37, 11] },
  }),
  ...(["entropy", "divergence", "jensen-shannon"] as const).map((measure) =>
    opCase({
      title: `distributionScore, the ${measure} without its gradient`,
      op: "distributionScore",
      attributes: { ...wideHead, measure, gradient: false },
      inputs: measure === "entropy" ? [f32(3, 3)] : [f32(3, 3), f32(1, 8195)],
      weights: { head: [8195, 3] },
    })
  ),
] as const;
