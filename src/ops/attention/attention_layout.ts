import { softCapOf } from "../head/soft_cap.ts";
import { matrix, requireShape, type ValueType } from "../op.ts";

/** Grouped-query attention over rows [q | k | v], q of `heads`, k and v of `kvHeads` heads. */
export interface AttentionAttributes {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  /** Factor of the products of queries and keys. Default 1/√headSize. */
  readonly scale?: number;
  /** c: scores s become c · tanh(s / c). Default none. */
  readonly softCap?: number;
  /** W: position i attends to i − W + 1 … i alone (Beltagy et al. 2020, "Longformer"). Default all up to i. */
  readonly window?: number;
}

/** The window of kernels, which see all positions through one that is longer than any sequence. */
export function windowParam({ window = Infinity }: AttentionAttributes): number {
  return Math.min(window, 2 ** 31);
}

/** Attention of B sequences that share their first rows, of which only the last rows may be asked for. */
export interface QueryAttributes extends AttentionAttributes {
  /** B */
  readonly sequences: number;
  /** P: rows at the front of qkv that all sequences start with; they are constants, keys and values alone. */
  readonly shared: number;
  /** N: last rows of each sequence that are queries; null for all of its own. */
  readonly queries: number | null;
  /**
   * True if the layout of a ragged batch also has the places of tokens, by which a window then counts. Default false.
   */
  readonly gapped?: boolean;
}

/** Numbers in a row of a layout before the rows of its sequence's positions. */
export const LAYOUT_HEAD = 3;

/** M: most tokens of a sequence that a layout has room for. */
export function roomOf({ gapped = false }: QueryAttributes, { shape: [, width] }: ValueType): number {
  return (width - LAYOUT_HEAD) / (gapped ? 2 : 1);
}

/** R, own rows of all sequences; S, own rows of each, 0 if that differs; and N, how many of them are queries. */
interface Sizes {
  readonly R: number;
  readonly S: number;
  readonly N: number;
}

/** @throws {TypeError} if the inputs do not fit the attributes */
export function sizesOf(op: string, attributes: QueryAttributes, qkv: ValueType, layout?: ValueType): Sizes {
  const { heads, kvHeads, headSize, sequences: B, shared: P, queries } = attributes;
  const { rows, columns } = matrix(qkv);
  const width = (heads + 2 * kvHeads) * headSize;
  const R = rows - P;
  const ragged = layout !== undefined;
  const least = queries ?? 1;
  const fits = columns === width && heads % kvHeads === 0 && least > 0 && R >= B * least &&
    (ragged ? layout.shape[0] === B && layout.dtype === "u32" && isCount(roomOf(attributes, layout)) : R % B === 0);
  const expected = `[${P} + ${B} S, ${width}], S ≥ ${least}, with query heads a multiple of key/value heads`;
  requireShape(fits, op, expected, ragged ? [qkv, layout] : [qkv]);
  // An integer to the engine, too.
  const S = ragged ? 0 : R / B | 0;
  return { R, S, N: queries ?? S };
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}

/** S and N as in `sizesOf`; n, rows of do of each sequence; and the own rows that dqkv has of each. */
export function backwardSizes(attributes: QueryAttributes, qkv: ValueType, dOut: ValueType) {
  const { S, N } = sizesOf("attentionBackward", attributes, qkv);
  const n = matrix(dOut).rows / attributes.sequences;
  requireShape(Number.isInteger(n) && n > 0 && n <= N, "attentionBackward", `a gradient of at most ${N} rows`, [dOut]);
  return { S, N, n, own: S - N + n };
}

/** The place of one sequence in qkv and o. */
interface SequencePlace {
  /** Row of qkv that holds each position, shared ones included; as long as there are positions, or longer. */
  readonly rows: ArrayLike<number>;
  /** Positions, shared ones included. */
  readonly length: number;
  /** Position whose key and value no later query sees; none if it is `length`. */
  readonly unseen: number;
  /** Place of the token at position j, from which a window counts: j, unless there are gaps. */
  standing(j: number): number;
  readonly firstQuery: number;
  /** Row of o of that query. */
  readonly firstOut: number;
}

/** Places of sequences of one length. */
export function evenPlaces(
  { sequences: B, shared: P }: QueryAttributes,
  { S, N }: Pick<Sizes, "S" | "N">,
): SequencePlace[] {
  return Array.from({ length: B }, (_, b) => ({
    rows: Array.from({ length: P + S }, (_, j) => j < P ? j : b * S + j),
    length: P + S,
    unseen: P + S,
    standing: (j) => j,
    firstQuery: P + S - N,
    firstOut: b * N,
  }));
}

/** Places by a layout [B, LAYOUT_HEAD + M or 2 M]. */
export function raggedPlaces(attributes: QueryAttributes, layout: Float64Array, type: ValueType): SequencePlace[] {
  const { sequences: B, shared: P, queries, gapped = false } = attributes;
  const width = type.shape[1];
  const room = roomOf(attributes, type);
  return Array.from({ length: B }, (_, b) => {
    const [own, length, unseen, ...rows] = Int32Array.from(layout.subarray(b * width, (b + 1) * width));
    const all = queries === null;
    return {
      rows,
      length,
      unseen,
      standing: (j) => gapped ? rows[room + j] : j,
      firstQuery: all ? own : length - queries,
      firstOut: all ? rows[own] - P : b * queries,
    };
  });
}

/** Scores from products of queries and keys. */
interface Scoring {
  /** The score of a product. */
  score(product: number): number;
  /** The score's derivative with respect to the product, from the score. */
  slope(score: number): number;
}

/** Scores of an attention. */
export function scoringOf({ headSize, scale = 1 / Math.sqrt(headSize), softCap }: AttentionAttributes): Scoring {
  const cap = softCapOf(softCap);
  return { score: (product) => cap.value(scale * product), slope: (score) => scale * cap.slope(score) };
}

/** The first position that position i attends to; `standing` gives the places of tokens. */
export function firstVisible(
  { window = Infinity }: AttentionAttributes,
  i: number,
  standing: (j: number) => number = (j) => j,
): number {
  let first = Math.max(0, i - window + 1);
  while (standing(i) - standing(first) >= window) first++;
  return first;
}

/** Offsets of one query: of its own vectors, and of the keys and values of the positions of its sequence. */
interface QueryOffsets extends Scoring {
  /** Its position, which is the last that it attends to. */
  readonly i: number;
  /** The first position that it may attend to. */
  readonly first: number;
  readonly row: number;
  readonly q: number;
  readonly out: number;
  readonly D: number;
  /** The position before its own whose key and value it does not see; none if it is behind its own. */
  readonly unseen: number;
  /** By position. */
  readonly k: Int32Array;
  /** By position. */
  readonly v: Int32Array;
}

/** Visits every query of every head. */
export function eachQuery(
  attributes: AttentionAttributes,
  places: readonly SequencePlace[],
  visit: (at: QueryOffsets) => void,
): void {
  const { heads, kvHeads, headSize: D } = attributes;
  const width = (heads + 2 * kvHeads) * D;
  const { score, slope } = scoringOf(attributes);
  for (const { rows, length, unseen, standing, firstQuery, firstOut } of places) {
    const vectors = (side: number) => {
      const offsets = new Int32Array(length);
      for (let j = 0; j < length; j++) offsets[j] = rows[j] * width + side * D;
      return offsets;
    };
    const keys = Array.from({ length: kvHeads }, (_, head) => vectors(heads + head));
    const values = Array.from({ length: kvHeads }, (_, head) => vectors(heads + kvHeads + head));
    for (let i = firstQuery; i < length; i++) {
      const first = firstVisible(attributes, i, standing);
      for (let head = 0; head < heads; head++) {
        const kvHead = Math.floor(head / (heads / kvHeads));
        const row = (firstOut + i - firstQuery) * heads + head;
        const [q, k, v] = [rows[i] * width + head * D, keys[kvHead], values[kvHead]];
        visit({ i, first, row, q, out: row * D, D, unseen, k, v, score, slope });
      }
    }
  }
}
