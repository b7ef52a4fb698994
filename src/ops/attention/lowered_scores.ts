import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import { lowerSoftCap } from "../head/lowered_logits.ts";
import type { AttentionAttributes } from "./attention_layout.ts";

/**
 * Queries [B, K, G, n, Dh], G = H / K heads to one of keys, and keys [B, K, 1, L, Dh]; `bias` [.., n, L] is 0 where a
 * query sees a key and −∞ elsewhere, or null if each sees all. Each head is a product of its own, which threads share
 * more evenly than those of groups.
 */
interface ScoredHeads {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly bias: Tensor | null;
}

/** Probabilities [B, K, G, n, L] of a block of queries, and what derivatives need. */
export interface LoweredScores {
  /** The products of queries and keys, scaled; and these soft-capped if they are, before any mask. */
  readonly products: Tensor;
  readonly logits: Tensor;
  /** The scores with −∞ where keys are not seen. */
  readonly masked: Tensor;
  readonly probabilities: Tensor;
  /** Multiplies by the slopes of the soft-cap, if there is one. */
  sloped(x: Tensor): Tensor;
}

/** The factor of the products of queries and keys. */
export function scaleOf({ headSize, scale = 1 / Math.sqrt(headSize) }: AttentionAttributes): number {
  return scale;
}

/** Scores and probabilities of a block of queries. */
export function lowerScores(
  g: OnnxEmitter,
  attributes: AttentionAttributes,
  { q, k, bias }: ScoredHeads,
): LoweredScores {
  const products = multiplyTransposed(g, q, k, scaleOf(attributes));
  const { logits, slopes } = lowerSoftCap(g, attributes.softCap, products);
  const masked = bias === null ? logits : g.node("Add", [logits, bias]);
  return {
    products,
    logits,
    masked,
    probabilities: g.node("Softmax", [masked], { axis: -1 }),
    sloped: (x) => slopes === null ? x : g.node("Mul", [x, slopes()]),
  };
}

/** factor · a b by the last two dimensions. */
export function multiply(g: OnnxEmitter, a: Tensor, b: Tensor, factor: number): Tensor {
  return g.node("com.microsoft:FusedMatMul", [a, b], { alpha: { float: factor } });
}

/** factor · a bᵀ by the last two dimensions. */
export function multiplyTransposed(g: OnnxEmitter, a: Tensor, b: Tensor, factor = 1): Tensor {
  return g.node("com.microsoft:FusedMatMul", [a, b], { transB: 1, alpha: { float: factor } });
}

/** factor · Σ_g a_gᵀ b_g, of [B, K, G, n, L] and [B, K, G, n, Dh]: [B, K, 1, L, Dh]. */
export function multiplyGroups(g: OnnxEmitter, a: Tensor, b: Tensor, factor = 1): Tensor {
  const [stackedA, stackedB] = [a, b].map((x) => g.node("Reshape", [x, g.ints(0, 0, 1, -1, 0)]));
  return g.node("com.microsoft:FusedMatMul", [stackedA, stackedB], { transA: 1, alpha: { float: factor } });
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

/** Rows [B, n, groups K Dh] → heads [B, K, groups, n, Dh]. */
export function splitHeads(
  g: OnnxEmitter,
  rows: Tensor,
  { kvHeads, headSize }: Pick<AttentionAttributes, "kvHeads" | "headSize">,
  groups: number,
): Tensor {
  const heads = g.node("Reshape", [rows, g.ints(0, 0, kvHeads, groups, headSize)]);
  return g.node("Transpose", [heads], { perm: [0, 2, 3, 1, 4] });
}

/** Heads [B, K, groups, n, Dh] → rows [B, n, groups K Dh]. */
export function joinHeads(
  g: OnnxEmitter,
  heads: Tensor,
  { kvHeads, headSize }: Pick<AttentionAttributes, "kvHeads" | "headSize">,
  groups: number,
): Tensor {
  const rows = g.node("Transpose", [heads], { perm: [0, 3, 1, 2, 4] });
  return g.node("Reshape", [rows, g.ints(0, 0, groups * kvHeads * headSize)]);
}
