import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import { lowerSoftCap } from "../head/lowered_logits.ts";
import type { AttentionAttributes } from "./attention_layout.ts";

/**
 * Queries [B, K, G n, Dh], G = H / K heads to one of keys, and keys [B, K, L, Dh]; `bias` [.., n, L] is 0 where a
 * query sees a key and −∞ elsewhere, or null if each sees all.
 */
interface ScoredHeads {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly bias: Tensor | null;
}

/** Probabilities [B, K, G n, L] of a block of queries, and what derivatives need. */
export interface LoweredScores {
  /** The scores with −∞ where keys are not seen. */
  readonly masked: Tensor;
  readonly probabilities: Tensor;
  /** Multiplies by the scores' slopes with respect to q·k. */
  sloped(x: Tensor): Tensor;
}

/** Scores and probabilities of a block of queries. */
export function lowerScores(
  g: OnnxEmitter,
  { heads, kvHeads, headSize, scale = 1 / Math.sqrt(headSize), softCap }: AttentionAttributes,
  { q, k, bias }: ScoredHeads,
): LoweredScores {
  const products = multiplyTransposed(g, q, k, scale);
  const { logits, slopes } = lowerSoftCap(g, softCap, products);
  const masked = bias === null ? logits : addBias(g, { heads, kvHeads }, logits, bias);
  const scaled = (x: Tensor) => g.node("Mul", [x, g.scalar(scale)]);
  return {
    masked,
    probabilities: g.node("Softmax", [masked], { axis: -1 }),
    sloped: (x) => slopes === null ? scaled(x) : g.node("Mul", [scaled(x), slopes()]),
  };
}

/** Adds the bias of each head's queries to scores [B, K, G n, L]. */
function addBias(
  g: OnnxEmitter,
  { heads, kvHeads }: Pick<AttentionAttributes, "heads" | "kvHeads">,
  scores: Tensor,
  bias: Tensor,
): Tensor {
  const batch = g.node("Shape", [scores], { start: 0, end: 1 });
  const rows = g.node("Shape", [bias], { start: -2 });
  const apart = g.node("Concat", [batch, g.ints(kvHeads, heads / kvHeads), rows], { axis: 0 });
  const sum = g.node("Add", [g.node("Reshape", [scores, apart]), bias]);
  const keys = g.node("Shape", [scores], { start: 3 });
  return g.node("Reshape", [sum, g.node("Concat", [batch, g.ints(kvHeads, -1), keys], { axis: 0 })]);
}

/** factor · a bᵀ by the last two dimensions. */
export function multiplyTransposed(g: OnnxEmitter, a: Tensor, b: Tensor, factor = 1): Tensor {
  return g.node("com.microsoft:FusedMatMul", [a, b], { transB: 1, alpha: { float: factor } });
}

/** aᵀ b by the last two dimensions. */
export function multiplyTransposedFirst(g: OnnxEmitter, a: Tensor, b: Tensor): Tensor {
  return g.node("com.microsoft:FusedMatMul", [a, b], { transA: 1 });
}

/** The bias of a block: 0 where `sees` is true, −∞ elsewhere. */
export function biasWhere(g: OnnxEmitter, sees: Tensor): Tensor {
  return g.node("Where", [sees, g.scalar(0), g.scalar(-Infinity)]);
}

/** Numbers first … end − 1, int64 [n]. */
export function range(g: OnnxEmitter, first: Tensor, end: Tensor): Tensor {
  return g.node("Range", [first, end, g.int(1)]);
}

/** Both conditions, or the first alone. */
export function and(g: OnnxEmitter, a: Tensor, b: Tensor | null): Tensor {
  return b === null ? a : g.node("And", [a, b]);
}

/** Rows [B, n, groups K Dh] → heads [B, K, groups n, Dh]. */
export function splitHeads(
  g: OnnxEmitter,
  rows: Tensor,
  { kvHeads, headSize }: Pick<AttentionAttributes, "kvHeads" | "headSize">,
  groups: number,
): Tensor {
  const five = g.node("Reshape", [rows, g.ints(0, 0, kvHeads, groups, headSize)]);
  const turned = g.node("Transpose", [five], { perm: [0, 2, 3, 1, 4] });
  return g.node("Reshape", [turned, g.ints(0, kvHeads, -1, headSize)]);
}

/** Heads [B, K, groups n, Dh] → rows [B, n, groups K Dh]. */
export function joinHeads(
  g: OnnxEmitter,
  heads: Tensor,
  { kvHeads, headSize }: Pick<AttentionAttributes, "kvHeads" | "headSize">,
  groups: number,
): Tensor {
  const five = g.node("Reshape", [heads, g.ints(0, kvHeads, groups, -1, headSize)]);
  const turned = g.node("Transpose", [five], { perm: [0, 3, 1, 2, 4] });
  return g.node("Reshape", [turned, g.ints(0, -1, groups * kvHeads * headSize)]);
}
