import type { ValueType } from "../../../src/ops/op.ts";
import { opCase } from "../../support/op_case.ts";

const f32 = (...shape: number[]): ValueType => ({ shape, dtype: "f32" });
const u32 = (...shape: number[]): ValueType => ({ shape, dtype: "u32" });
// 3 query heads of size 6 to 1 key/value head, and 4 to 2 of size 36: odd lengths, no multiple of any tile. The sizes
// are those of attention_sizes.ts, so that their kernels are compiled once.
const grouped = { heads: 3, kvHeads: 1, headSize: 6, sequences: 2, shared: 0, queries: null };
const paired = { heads: 4, kvHeads: 2, headSize: 36, sequences: 1, shared: 0, queries: null };
const rotated = { heads: 2, headSize: 6, inverse: false, sequences: 2, shared: 0 };
// Scores of size 1 and a cap at which its curvature shows.
const capped = { scale: 0.9, softCap: 1.25 };

/** Ops of attention at awkward sizes. */
export const ATTENTION_CASES = [
  opCase({ title: "attention, 3 heads to 1", op: "attention", attributes: grouped, inputs: [f32(2, 7, 30)] }),
  opCase({ title: "attention, 4 heads to 2", op: "attention", attributes: paired, inputs: [f32(1, 67, 288)] }),
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
    inputs: [f32(1, 9, 288), f32(1, 9, 144), f32(1, 9, 4), f32(1, 9, 288)],
  }),
  opCase({
    title: "attentionBackward of wide heads",
    op: "attentionBackward",
    attributes: { heads: 2, kvHeads: 1, headSize: 128, sequences: 1, shared: 0, queries: null },
    inputs: [f32(1, 43, 512), f32(1, 43, 256), f32(1, 43, 2), f32(1, 43, 256)],
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
    attributes: { ...paired, ...capped, window: 21 },
    inputs: [f32(1, 131, 288)],
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
    inputs: [f32(1, 9, 288), f32(1, 9, 144), f32(1, 9, 4), f32(1, 9, 288)],
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
    title: "rope by fours with columns that stay",
    op: "rope",
    attributes: { ...rotated, heads: 3, headSize: 16 },
    inputs: [f32(2, 5, 68), f32(5, 16)],
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
] as const;
