import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import { type LoweringContext, matrix } from "../op.ts";
import { type AttentionAttributes, type QueryAttributes, sizesOf } from "./attention_layout.ts";
import {
  and,
  biasWhere,
  joinHeads,
  type LoweredScores,
  lowerScores,
  multiplyTransposed,
  range,
  scaleOf,
  splitHeads,
} from "./lowered_scores.ts";

/** Consecutive queries, and the keys that one of them sees at least. */
interface QueryBlock {
  /** First query of those asked for, and the one behind the last. */
  readonly first: number;
  readonly end: number;
  /** First position whose key is seen, and the one behind the last. */
  readonly firstKey: number;
  readonly endKey: number;
}

// Queries whose scores are in memory at a time: more than this have keys that half of them do not see.
const BLOCK = 256;

/**
 * Blocks of n queries, the first of which stands at position `start`: never all scores at once, and no block beyond the
 * keys that it sees.
 */
export function queryBlocks({ window }: Pick<AttentionAttributes, "window">, start: number, n: number): QueryBlock[] {
  return Array.from({ length: Math.ceil(n / BLOCK) }, (_, i) => {
    const first = i * BLOCK;
    const end = Math.min(n, first + BLOCK);
    const firstKey = window === undefined ? 0 : Math.max(0, start + first - window + 1);
    return { first, end, firstKey, endKey: start + end };
  });
}

/** Elements of the scores of a block, of which there are four at a time at most. */
export function scoreElements({ heads, sequences }: QueryAttributes, queries: number, keys: number): number {
  return 4 * sequences * heads * Math.min(queries, BLOCK) * keys;
}

/** Queries, keys and values of rows [P + B S, (H + 2K) Dh] by heads. */
interface RowHeads {
  /** [B, n, H Dh] */
  readonly queryRows: Tensor;
  /** [B, K, 1, P + S, Dh] */
  readonly k: Tensor;
  readonly v: Tensor;
}

/** Sizes of a batch of sequences of one length: S own rows each, of which n are queries from number S − N on. */
interface EvenSizes {
  readonly S: number;
  readonly N: number;
  readonly n: number;
}

/** Cuts rows of sequences of one length, and puts shared keys and values before those of each. */
export function rowHeads(
  g: OnnxEmitter,
  attributes: QueryAttributes,
  { S, N, n }: EvenSizes,
  rows: Tensor,
): RowHeads {
  const { heads, kvHeads, headSize, sequences: B, shared: P } = attributes;
  const width = (heads + 2 * kvHeads) * headSize;
  const own = P === 0 ? rows : g.node("Slice", [rows, g.sizes(P), g.sizes(P + B * S), g.ints(0)]);
  const sequences = g.node("Reshape", [own, g.sizes(B, S, width)]);
  const columns = (x: Tensor, first: number, end: number) =>
    g.node("Slice", [x, g.ints(first * headSize), g.ints(end * headSize), g.ints(2)]);
  const queries = n === S ? sequences : g.node("Slice", [sequences, g.sizes(S - N), g.sizes(S - N + n), g.ints(1)]);
  const sideOf = (first: number) => {
    const each = columns(sequences, first, first + kvHeads);
    if (P === 0) return splitHeads(g, each, attributes, 1);
    const front = g.node("Slice", [rows, g.ints(0), g.sizes(P), g.ints(0)]);
    const before = columns(g.node("Unsqueeze", [front, g.ints(0)]), first, first + kvHeads);
    const copies = g.node("Expand", [before, g.sizes(B, P, kvHeads * headSize)]);
    return splitHeads(g, g.node("Concat", [copies, each], { axis: 1 }), attributes, 1);
  };
  return { queryRows: columns(queries, 0, heads), k: sideOf(heads), v: sideOf(heads + kvHeads) };
}

/** One block of queries and what they see. */
export interface BlockHeads {
  readonly block: QueryBlock;
  /** [B, K, G, n, Dh] */
  readonly q: Tensor;
  /** The block's keys of [B, K, 1, P + S, Dh]. */
  readonly keysOf: (all: Tensor) => Tensor;
  /** The block's rows [B, n, H Dh] of all queries' rows, by heads. */
  readonly queriesOf: (rows: Tensor) => Tensor;
  readonly scores: LoweredScores;
  readonly k: Tensor;
  readonly v: Tensor;
}

/** The blocks of all queries of sequences of one length. */
export function evenBlocks(
  g: OnnxEmitter,
  attributes: QueryAttributes,
  { S, N, n }: EvenSizes,
  { queryRows, k, v }: RowHeads,
): BlockHeads[] {
  const { heads, kvHeads, shared: P, window } = attributes;
  const start = P + S - N;
  const blocks = queryBlocks(attributes, start, n);
  const total = P + S;
  return blocks.map((block) => {
    const { first, end, firstKey, endKey } = block;
    const keysOf = (all: Tensor) =>
      window === undefined && blocks.length === 1 && endKey === total
        ? all
        : g.node("Slice", [all, g.sizes(firstKey), g.sizes(endKey), g.ints(3)]);
    const queriesOf = (rows: Tensor) => {
      const own = blocks.length === 1 ? rows : g.node("Slice", [rows, g.sizes(first), g.sizes(end), g.ints(1)]);
      return splitHeads(g, own, attributes, heads / kvHeads);
    };
    const q = queriesOf(queryRows);
    const [keys, values] = [keysOf(k), keysOf(v)];
    const seen = range(g, g.size(firstKey), g.size(endKey));
    const own = start + first === firstKey ? seen : range(g, g.size(start + first), g.size(start + end));
    const bias = causalBias(g, attributes, g.node("Unsqueeze", [own, g.ints(1)]), seen);
    return {
      block,
      q,
      keysOf,
      queriesOf,
      scores: lowerScores(g, attributes, { q, k: keys, bias }),
      k: keys,
      v: values,
    };
  });
}

/** The bias [n, L] of queries at `places` [n, 1] and keys at `keys` [L]. */
export function causalBias(
  g: OnnxEmitter,
  { window }: Pick<AttentionAttributes, "window">,
  places: Tensor,
  keys: Tensor,
): Tensor {
  const causal = g.node("LessOrEqual", [keys, places]);
  const inside = window === undefined ? null : g.node("Less", [g.node("Sub", [places, keys]), g.int(window)]);
  return biasWhere(g, and(g, causal, inside));
}

/** Rows [B n, ..] of all blocks, one sequence after another. */
export function joinBlocks(g: OnnxEmitter, blocks: readonly Tensor[], width: number): Tensor {
  const rows = blocks.length === 1 ? blocks[0] : g.node("Concat", blocks, { axis: 1 });
  return g.node("Reshape", [rows, g.ints(-1, width)]);
}

/** `attention` of sequences of one length. */
export function lowerEvenAttention(context: LoweringContext<QueryAttributes>): Tensor[] {
  const { attributes, g, inputs: [rows], inputTypes: [type] } = context;
  const { heads, kvHeads, headSize } = attributes;
  const { S, N } = sizesOf("attention", attributes, type);
  const sizes = { S, N, n: N };
  const blocks = evenBlocks(g, attributes, sizes, rowHeads(g, attributes, sizes, rows));
  const o = blocks.map(({ scores, v }) =>
    joinHeads(g, g.node("MatMul", [scores.probabilities, v]), attributes, heads / kvHeads)
  );
  const lse = blocks.map(({ scores }) => logSums(g, attributes, scores.masked));
  return [joinBlocks(g, o, heads * headSize), joinBlocks(g, lse, heads)];
}

/** log Σ exp of scores [B, K, G, n, L], [B, n, H]. */
export function logSums(g: OnnxEmitter, { heads, kvHeads }: AttentionAttributes, masked: Tensor): Tensor {
  const sums = g.node("ReduceLogSumExp", [masked, g.ints(4)]);
  return joinHeads(g, sums, { kvHeads, headSize: 1 }, heads / kvHeads);
}

/** `attentionTangent`. */
export function lowerAttentionTangent(context: LoweringContext<QueryAttributes>): Tensor[] {
  const { attributes, g, inputs: [rows, , , tangent], inputTypes: [type] } = context;
  const { heads, kvHeads, headSize } = attributes;
  const { S, N } = sizesOf("attentionTangent", attributes, type);
  const sizes = { S, N, n: N };
  const scale = scaleOf(attributes);
  const along = rowHeads(g, attributes, sizes, tangent);
  const blocks = evenBlocks(g, attributes, sizes, rowHeads(g, attributes, sizes, rows));
  const to = blocks.map(({ q, k, v, keysOf, queriesOf, scores: { probabilities, sloped } }) => {
    const [tq, tk, tv] = [queriesOf(along.queryRows), keysOf(along.k), keysOf(along.v)];
    const products = g.node("Add", [multiplyTransposed(g, tq, k, scale), multiplyTransposed(g, q, tk, scale)]);
    const moved = g.node("Mul", [probabilities, sloped(products)]);
    const mean = g.node("ReduceSum", [moved, g.ints(4)]);
    const weights = g.node("Sub", [moved, g.node("Mul", [probabilities, mean])]);
    const sum = g.node("Add", [g.node("MatMul", [probabilities, tv]), g.node("MatMul", [weights, v])]);
    return joinHeads(g, sum, attributes, heads / kvHeads);
  });
  return [joinBlocks(g, to, heads * headSize)];
}

/** Positions of a batch of sequences of one length. */
export function evenKeys({ sequences, shared }: QueryAttributes, type: Parameters<typeof matrix>[0]): number {
  return shared + (matrix(type).rows - shared) / sequences;
}
