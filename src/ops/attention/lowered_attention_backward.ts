import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import type { LoweringContext } from "../op.ts";
import { backwardSizes, type QueryAttributes } from "./attention_layout.ts";
import { type BlockHeads, evenBlocks, joinBlocks, rowHeads } from "./lowered_attention.ts";
import { joinHeads, multiply, multiplyGroups, multiplyTransposed, scaleOf } from "./lowered_scores.ts";

/** `attentionBackward`: the probabilities are computed again, a block of queries at a time. */
export function lowerAttentionBackward(context: LoweringContext<QueryAttributes>): Tensor[] {
  const { attributes, g, inputs: [rows, o, , dOut], inputTypes } = context;
  const { heads, headSize, sequences: B } = attributes;
  const { S, N, n, own } = backwardSizes(attributes, inputTypes[0], inputTypes[3]);
  const D = heads * headSize;
  // Positions from which on there is no query have no gradient.
  const sizes = { S, N, n };
  const rowsOf = (x: Tensor, count: number) => {
    const all = g.node("Reshape", [x, g.sizes(B, count, D)]);
    return count === n ? all : g.node("Slice", [all, g.ints(0), g.sizes(n), g.ints(1)]);
  };
  const [outRows, cotangents] = [rowsOf(o, N), rowsOf(dOut, n)];
  const blocks = evenBlocks(g, attributes, sizes, rowHeads(g, attributes, sizes, rows));
  const scale = scaleOf(attributes);
  const pulled = blocks.map((block) =>
    pullBlock(g, block, scale, block.queriesOf(outRows), block.queriesOf(cotangents))
  );
  return [joinPulled(g, attributes, { n, own }, blocks, pulled)];
}

/** The gradient of qkv from those of the blocks of n queries of each sequence, with `own` rows of each. */
export function joinPulled(
  g: OnnxEmitter,
  attributes: QueryAttributes,
  { n, own }: { readonly n: number; readonly own: number },
  blocks: readonly Pick<BlockHeads, "block">[],
  pulled: readonly PulledBlock[],
): Tensor {
  const { heads, kvHeads, headSize, sequences: B, shared: P } = attributes;
  const D = heads * headSize;
  const dq = pulled.map((one) => joinHeads(g, one.dq, attributes, heads / kvHeads));
  const queries = g.node("Reshape", [joinBlocks(g, dq, D), g.sizes(B, n, D)]);
  const keysOf = (of: (one: PulledBlock) => Tensor) => {
    const summed = sumKeys(g, pulled.map(of), blocks, P + own);
    const kept = P === 0 ? summed : g.node("Slice", [summed, g.sizes(P), g.sizes(P + own), g.ints(3)]);
    return joinHeads(g, kept, attributes, 1);
  };
  const parts = [padRows(g, queries, own - n), keysOf(({ dk }) => dk), keysOf(({ dv }) => dv)];
  // A result of another shape would be copied.
  const rows = parts.map((one, i) => g.node("Reshape", [one, g.ints(-1, i === 0 ? D : kvHeads * headSize)]));
  const dqkv = g.node("Concat", rows, { axis: 1 });
  return P === 0 ? dqkv : g.node("Pad", [dqkv, g.sizes(P, 0, 0, 0)]);
}

/** Gradients of a block's queries, keys and values. */
export interface PulledBlock {
  readonly dq: Tensor;
  readonly dk: Tensor;
  readonly dv: Tensor;
}

/** dS = P ∘ (dO Vᵀ − do·o) · slope; dq = s dS K, dk = s dSᵀ q, dv = Pᵀ dO, s the scale. */
function pullBlock(g: OnnxEmitter, { q, k, v, scores }: BlockHeads, scale: number, o: Tensor, dO: Tensor): PulledBlock {
  const { probabilities, sloped } = scores;
  const delta = g.node("ReduceSum", [g.node("Mul", [o, dO]), g.ints(4)]);
  const free = g.node("Sub", [multiplyTransposed(g, dO, v), delta]);
  const ds = sloped(g.node("Mul", [probabilities, free]));
  return {
    dq: multiply(g, ds, k, scale),
    dk: multiplyGroups(g, ds, q, scale),
    dv: multiplyGroups(g, probabilities, dO),
  };
}

/** Sums blocks' gradients of their keys [B, K, 1, endKey − firstKey, Dh] to those of all, [B, K, 1, total, Dh]. */
function sumKeys(
  g: OnnxEmitter,
  parts: readonly Tensor[],
  blocks: readonly Pick<BlockHeads, "block">[],
  total: number,
): Tensor {
  const placed = parts.map((part, i) => {
    const { firstKey, endKey } = blocks[i].block;
    if (parts.length === 1 && firstKey === 0 && endKey === total) return part;
    return g.node("Pad", [part, g.sizes(0, 0, 0, firstKey, 0, 0, 0, 0, total - endKey, 0)]);
  });
  return placed.reduce((sum, part) => g.node("Add", [sum, part]));
}

/** Puts zero rows before those of each sequence [B, n, D]. */
function padRows(g: OnnxEmitter, rows: Tensor, count: number): Tensor {
  return count === 0 ? rows : g.node("Pad", [rows, g.sizes(0, count, 0, 0, 0, 0)]);
}
