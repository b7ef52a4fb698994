import type { ValueType } from "../../src/ops/op.ts";
import { opCase } from "../support/op_case.ts";

const f32 = (...shape: number[]): ValueType => ({ shape, dtype: "f32" });
const u32 = (...shape: number[]): ValueType => ({ shape, dtype: "u32" });

// 3 query heads of size 6 to 1 key/value head, and 4 to 2 of size 16: odd lengths, no multiple of any tile.
const grouped = { heads: 3, kvHeads: 1, headSize: 6, sequences: 2, shared: 0, queries: null };
const paired = { heads: 4, kvHeads: 2, headSize: 16, sequences: 1, shared: 0, queries: null };
const rotated = { heads: 2, headSize: 6, inverse: false, sequences: 2, shared: 0 };
const norm = { weight: "w", epsilon: 1e-4 };
const headed = { weight: "w", epsilon: 1e-4, heads: 3, kvHeads: 2, headSize: 6 };
const headedByFours = { ...headed, headSize: 44 };
// Scores of size 1 and a cap at which its curvature shows.
const capped = { scale: 0.9, softCap: 1.25 };
const head = { weight: "head", vocabulary: 37, gradient: true };
const wideHead = { weight: "head", vocabulary: 8195, gradient: true };

/** Every op but the matrix products (linear_test.ts) at awkward sizes. */
export const CASES = [
  opCase({ title: "add of odd size", op: "add", attributes: {}, inputs: [f32(3, 7), f32(3, 7)] }),
  opCase({ title: "argmax over more than a workgroup", op: "argmax", attributes: {}, inputs: [f32(3, 131)] }),
  opCase({ title: "attention, 3 heads to 1", op: "attention", attributes: grouped, inputs: [f32(2, 7, 30)] }),
  opCase({ title: "attention, 4 heads to 2", op: "attention", attributes: paired, inputs: [f32(1, 67, 128)] }),
  opCase({
    title: "attentionBackward",
    op: "attentionBackward",
    attributes: grouped,
    inputs: [f32(2, 7, 30), f32(2, 7, 18), f32(2, 7, 3), f32(2, 7, 18)],
  }),
  opCase({
    title: "attentionTangent",
    op: "attentionTangent",
    attributes: paired,
    inputs: [f32(1, 9, 128), f32(1, 9, 64), f32(1, 9, 4), f32(1, 9, 128)],
  }),
  opCase({
    title: "attentionBackward of wide heads",
    op: "attentionBackward",
    attributes: { heads: 4, kvHeads: 2, headSize: 128, sequences: 1, shared: 0, queries: null },
    inputs: [f32(1, 43, 1024), f32(1, 43, 512), f32(1, 43, 4), f32(1, 43, 512)],
  }),
  opCase({
    title: "attention of the last queries",
    op: "attention",
    attributes: { ...grouped, queries: 6 },
    inputs: [f32(2, 43, 30)],
  }),
  opCase({
    title: "cachedAttention with a long cache and wide heads",
    op: "cachedAttention",
    attributes: { heads: 2, kvHeads: 1, headSize: 128 },
    inputs: [f32(2, 512), f32(1203, 256), u32(1)],
    data: { 2: Uint32Array.of(1200) },
  }),
  opCase({
    title: "cachedAttention into the middle of a cache",
    op: "cachedAttention",
    attributes: grouped,
    inputs: [f32(2, 30), f32(9, 12), u32(1)],
    data: { 2: Uint32Array.of(4) },
  }),
  opCase({
    title: "attention over a window of soft-capped scores",
    op: "attention",
    attributes: { ...grouped, ...capped, window: 3 },
    inputs: [f32(2, 7, 30)],
  }),
  opCase({
    title: "attention over a window shorter than a tile",
    op: "attention",
    attributes: { ...paired, window: 21 },
    inputs: [f32(1, 131, 128)],
  }),
  opCase({
    title: "attentionBackward over a window of soft-capped scores",
    op: "attentionBackward",
    attributes: { ...grouped, ...capped, window: 3 },
    inputs: [f32(2, 7, 30), f32(2, 7, 18), f32(2, 7, 3), f32(2, 7, 18)],
  }),
  opCase({
    title: "attentionTangent over a window of soft-capped scores",
    op: "attentionTangent",
    attributes: { ...paired, ...capped, window: 4 },
    inputs: [f32(1, 9, 128), f32(1, 9, 64), f32(1, 9, 4), f32(1, 9, 128)],
  }),
  opCase({
    title: "cachedAttention over a window of soft-capped scores",
    op: "cachedAttention",
    attributes: { ...grouped, ...capped, window: 70 },
    inputs: [f32(3, 30), f32(150, 12), u32(1)],
    data: { 2: Uint32Array.of(140) },
  }),
  opCase({
    title: "cachedAttention over a window that reaches before the start",
    op: "cachedAttention",
    attributes: { ...grouped, window: 4 },
    inputs: [f32(6, 30), f32(9, 12), u32(1)],
    data: { 2: Uint32Array.of(0) },
  }),
  ...([["", headed], [" by fours", headedByFours]] as const).flatMap(([how, attributes]) =>
    (["headNorm", "headNormBackward", "headNormTangent"] as const).map((op) =>
      opCase({
        title: `${op}${how}, values as they are`,
        op,
        attributes,
        inputs: Array.from({ length: op === "headNorm" ? 1 : 2 }, () => f32(2, 3, 7 * attributes.headSize)),
        weights: { w: [1, 2 * attributes.headSize] },
      })
    )
  ),
  ...[72, 14].flatMap((width) => [
    opCase({ title: `geglu of ${width} columns`, op: "geglu", attributes: {}, inputs: [f32(3, width)] }),
    opCase({
      title: `gegluBackward of ${width} columns`,
      op: "gegluBackward",
      attributes: {},
      inputs: [f32(3, width), f32(3, width / 2)],
    }),
    opCase({
      title: `gegluTangent of ${width} columns`,
      op: "gegluTangent",
      attributes: {},
      inputs: [f32(3, width), f32(3, width)],
    }),
  ]),
  opCase({
    title: "rope by the second of two tables",
    op: "rope",
    attributes: { ...rotated, table: 1 },
    inputs: [f32(2, 3, 17), f32(3, 12)],
  }),
  opCase({
    title: "rope inverse by the second of two tables, behind shared rows",
    op: "rope",
    attributes: { ...rotated, headSize: 8, inverse: true, shared: 4, table: 1 },
    inputs: [f32(10, 16), f32(3, 16)],
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
  opCase({ title: "add by fours", op: "add", attributes: {}, inputs: [f32(3, 100), f32(3, 100)] }),
  opCase({ title: "path by fours", op: "path", attributes: {}, inputs: [f32(3, 100), f32(3, 100), f32(3)] }),
  opCase({
    title: "placeRows by fours",
    op: "placeRows",
    attributes: { sequence: 7, start: 2, count: 3 },
    inputs: [f32(2, 3, 36)],
  }),
  opCase({
    title: "takeRows by fours",
    op: "takeRows",
    attributes: { sequence: 7, start: 2, count: 3 },
    inputs: [f32(2, 7, 36)],
  }),
  opCase({
    title: "gatherRows",
    op: "gatherRows",
    attributes: {},
    inputs: [f32(1, 7, 5), u32(4)],
    data: { 1: Uint32Array.of(6, 0, 3, 3) },
  }),
  opCase({
    title: "gatherRows by fours",
    op: "gatherRows",
    attributes: {},
    inputs: [f32(1, 7, 36), u32(9)],
  }),
  opCase({ title: "lastColumns", op: "lastColumns", attributes: { count: 3 }, inputs: [f32(3, 7, 5)] }),
  opCase({ title: "lastColumns by fours", op: "lastColumns", attributes: { count: 12 }, inputs: [f32(3, 7, 36)] }),
  opCase({ title: "repeat by fours", op: "repeat", attributes: { times: 3 }, inputs: [f32(3, 36)] }),
  opCase({
    title: "rmsNormBackward onto a residual",
    op: "rmsNormBackward",
    attributes: norm,
    inputs: [f32(3, 44), f32(3, 44), f32(3, 44)],
    weights: { w: [1, 44] },
  }),
  ...(["rmsNorm", "rmsNormBackward", "rmsNormTangent"] as const).flatMap((op) =>
    [44, 1028, 1031].map((D) =>
      opCase({
        title: `${op} for D = ${D}, rows that fill no workgroup`,
        op,
        attributes: norm,
        inputs: op === "rmsNorm" ? [f32(11, D)] : [f32(11, D), f32(11, D)],
        weights: { w: [1, D] },
      })
    )
  ),
  opCase({
    title: "rope by fours with columns that stay",
    op: "rope",
    attributes: { ...rotated, heads: 3, headSize: 16 },
    inputs: [f32(2, 5, 68), f32(5, 16)],
  }),
  opCase({
    title: "rowDot by fours, long rows",
    op: "rowDot",
    attributes: {},
    inputs: [f32(6, 1028), f32(3, 1028)],
  }),
  opCase({ title: "rowScale by fours", op: "rowScale", attributes: {}, inputs: [f32(5, 36), f32(5)] }),
  opCase({ title: "swiglu by fours", op: "swiglu", attributes: {}, inputs: [f32(3, 72)] }),
  opCase({ title: "swigluBackward by fours", op: "swigluBackward", attributes: {}, inputs: [f32(3, 72), f32(3, 36)] }),
  opCase({ title: "swigluTangent by fours", op: "swigluTangent", attributes: {}, inputs: [f32(3, 72), f32(3, 72)] }),
  opCase({ title: "path", op: "path", attributes: {}, inputs: [f32(3, 5), f32(3, 5), f32(2)] }),
  opCase({
    title: "placeRows",
    op: "placeRows",
    attributes: { sequence: 7, start: 2, count: 3 },
    inputs: [f32(2, 3, 5)],
  }),
  opCase({
    title: "takeRows",
    op: "takeRows",
    attributes: { sequence: 7, start: 2, count: 3 },
    inputs: [f32(2, 7, 5)],
  }),
  opCase({ title: "repeat", op: "repeat", attributes: { times: 3 }, inputs: [f32(3, 5)] }),
  opCase({
    title: "rmsNorm for odd D",
    op: "rmsNorm",
    attributes: norm,
    inputs: [f32(3, 71)],
    weights: { w: [1, 71] },
  }),
  opCase({
    title: "rmsNormBackward for odd D",
    op: "rmsNormBackward",
    attributes: norm,
    inputs: [f32(3, 71), f32(3, 71)],
    weights: { w: [1, 71] },
  }),
  opCase({
    title: "rmsNormTangent for D below a workgroup",
    op: "rmsNormTangent",
    attributes: norm,
    inputs: [f32(3, 5), f32(3, 5)],
    weights: { w: [1, 5] },
  }),
  opCase({
    title: "rope with columns that stay",
    op: "rope",
    attributes: rotated,
    inputs: [f32(2, 3, 17), f32(3, 6)],
  }),
  opCase({
    title: "rope inverse",
    op: "rope",
    attributes: { ...rotated, inverse: true },
    inputs: [f32(2, 3, 12), f32(3, 6)],
  }),
  opCase({
    title: "rope of fewer positions than there are angles for",
    op: "rope",
    attributes: rotated,
    inputs: [f32(2, 3, 17), f32(5, 6)],
  }),
  opCase({
    title: "rope behind shared rows",
    op: "rope",
    attributes: { ...rotated, shared: 4 },
    inputs: [f32(2, 3, 17), f32(3, 6), f32(4, 11)],
  }),
  opCase({
    title: "rope behind shared rows, by fours",
    op: "rope",
    attributes: { ...rotated, headSize: 8, shared: 5 },
    inputs: [f32(2, 7, 32), f32(7, 8), f32(5, 16)],
  }),
  opCase({
    title: "rope behind shared rows that are zero",
    op: "rope",
    attributes: { ...rotated, shared: 4 },
    inputs: [f32(2, 3, 17), f32(3, 6)],
  }),
  opCase({
    title: "rope inverse, which leaves shared rows out",
    op: "rope",
    attributes: { ...rotated, inverse: true, shared: 4 },
    inputs: [f32(10, 12), f32(3, 6)],
  }),
  opCase({ title: "rowDot with a repeated factor", op: "rowDot", attributes: {}, inputs: [f32(6, 67), f32(3, 67)] }),
  opCase({ title: "rowScale", op: "rowScale", attributes: {}, inputs: [f32(5, 7), f32(5)] }),
  opCase({ title: "seed of one target", op: "seed", attributes: { rows: 6, period: 3, index: 1 }, inputs: [] }),
  opCase({ title: "seed of all targets", op: "seed", attributes: { rows: 6, period: 3, index: null }, inputs: [] }),
  opCase({ title: "swiglu", op: "swiglu", attributes: {}, inputs: [f32(3, 14)] }),
  opCase({ title: "swigluBackward", op: "swigluBackward", attributes: {}, inputs: [f32(3, 14), f32(3, 7)] }),
  opCase({ title: "swigluTangent", op: "swigluTangent", attributes: {}, inputs: [f32(3, 14), f32(3, 14)] }),
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
    title: "weightRows, scaled",
    op: "weightRows",
    attributes: { weight: "head", columns: 11, scale: Math.sqrt(11) },
    inputs: [u32(5)],
    weights: { head: [37, 11] },
  }),
  opCase({
    title: "nextToken over more than a workgroup",
    op: "nextToken",
    attributes: {},
    inputs: [f32(1, 131), u32(1), u32(1)],
  }),
  opCase({ title: "gatherRows of a matrix", op: "gatherRows", attributes: {}, inputs: [f32(9, 6), u32(7)] }),
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
  opCase({
    title: "distributionScore, the divergence over two slices of the vocabulary",
    op: "distributionScore",
    attributes: { ...wideHead, measure: "divergence" },
    inputs: [f32(2, 3), f32(2, 8195)],
    weights: { head: [8195, 3] },
  }),
] as const;

/** Cases of ops whose attributes leave no derivative. */
export const VALUE_CASES = [
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
  ...(["entropy", "divergence"] as const).map((measure) =>
    opCase({
      title: `distributionScore, the ${measure} without its gradient`,
      op: "distributionScore",
      attributes: { ...wideHead, measure, gradient: false },
      inputs: measure === "entropy" ? [f32(3, 3)] : [f32(3, 3), f32(1, 8195)],
      weights: { head: [8195, 3] },
    })
  ),
] as const;
