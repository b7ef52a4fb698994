import { sum } from "../../statistics/sums.ts";

/** A block of a model, as information flows through its attention on one sequence of S rows. */
export interface FlowBlock {
  /** The residual stream that it reads, [S, D] */
  readonly stream: Float64Array;
  /** The stream behind its attention, [S, D] */
  readonly middle: Float64Array;
  /** α, [H, S, S]: of head h, row i, position j ≤ i */
  readonly attention: Float64Array;
  /** W_O^h v_j: all that head h can add of position j, [S, H, D] */
  readonly values: Float64Array;
}

/** The blocks of a model on one sequence. They are opened anew for each hop: all at once would take much memory. */
export interface InformationFlow {
  /** S */
  readonly rows: number;
  /** H */
  readonly heads: number;
  /** D */
  readonly width: number;
  /** Number of blocks. */
  readonly blocks: number;
  /** Opens a block. */
  open(block: number): Promise<FlowBlock>;
}

/** The sequence's parts. */
export interface TracedSpans {
  /** L: the prompt is the first rows. */
  readonly prompt: number;
  /** Rows of the answer's tokens. */
  readonly answer: readonly number[];
  /** Rows of the reasoning, in any order. */
  readonly reasoning: readonly number[];
}

/** Importance of a prompt for an answer, in shares of the blocks' attention outputs, summed over blocks. */
export interface FlashTraced {
  /** `direct` and all of `hops`, [L] */
  readonly total: Float64Array;
  /** Read by the answer itself, [L] */
  readonly direct: Float64Array;
  /** Read by the reasoning as far as the hop before reads it, [L] each. */
  readonly hops: readonly Float64Array[];
  /** Share of the importance that goes on to the reasoning, before each hop and after the last. */
  readonly ratios: readonly number[];
}

// Of FlashTrace: keeps a block that adds nothing from dividing by zero.
const TINY = 1e-12;

/**
 * FlashTrace: the answer's importance is shared out among positions block by block; the part on the reasoning is
 * followed by a hop, whose answer is the reasoning's rows weighted by what they got, and so on.
 *
 * It looks at the rows that read the answer's tokens, not at those that predict them, and follows no chain through the
 * answer's own tokens.
 *
 * Source: Pan et al., "FlashTrace" (flashtrace 0.1.1, `compute_multi_hop_ifr`), on Ferrando & Voita, "Information Flow
 * Routes" (2024).
 *
 * @throws {RangeError} if there is no answer
 */
export async function flashTrace(
  flow: InformationFlow,
  { prompt: L, answer, reasoning }: TracedSpans,
  hops: number,
): Promise<FlashTraced> {
  if (answer.length === 0) throw new RangeError("Cannot trace as the answer must have a token: got none");
  let found = await importance(flow, answer, answer.map(() => 1));
  const direct = found.slice(0, L);
  const total = direct.slice();
  const parts: Float64Array[] = [];
  const ratios: number[] = [];
  let ratio = 1;
  for (let hop = 0;; hop++) {
    const weights = reasoning.map((row) => found[row]);
    const all = sum(found);
    ratio *= all > 0 ? sum(weights) / (all + TINY) : 0;
    ratios.push(ratio);
    if (hop === hops) return { total, direct, hops: parts, ratios };
    const reached = sum(weights) + TINY;
    found = await importance(flow, reasoning, weights.map((weight) => weight / reached));
    const part = found.slice(0, L).map((value) => ratio * value);
    part.forEach((value, i) => total[i] += value);
    parts.push(part);
  }
}

/** Shares the weighted sum of some rows' streams among positions, by the blocks' attention: Σ over blocks, [S]. */
async function importance(
  flow: InformationFlow,
  rows: readonly number[],
  weights: readonly number[],
): Promise<Float64Array> {
  const found = new Float64Array(flow.rows);
  for (let b = 0; b < flow.blocks; b++) {
    const block = await flow.open(b);
    const middle = weightedRows(block.middle, flow.width, rows, weights);
    const stream = weightedRows(block.stream, flow.width, rows, weights);
    const near = proximities(flow, block, middle, rows, weights);
    const whole = sum(near) + proximity(middle, stream, 1, 0) + TINY;
    near.forEach((value, j) => found[j] += value / whole);
  }
  return found;
}

/** Sums over heads how near what they add of each position is to the whole, [S]. */
function proximities(
  { rows: S, heads: H, width: D }: InformationFlow,
  { attention, values }: FlowBlock,
  whole: Float64Array,
  rows: readonly number[],
  weights: readonly number[],
): Float64Array {
  const near = new Float64Array(S);
  for (let j = 0; j < S; j++) {
    for (let h = 0; h < H; h++) {
      const share = rows.reduce((share, i, k) => share + weights[k] * attention[(h * S + i) * S + j], 0);
      if (share !== 0) near[j] += proximity(whole, values, share, (j * H + h) * D);
    }
  }
  return near;
}

/** max(0, ‖x‖₁ − ‖x − factor · part‖₁), the part from an offset on */
function proximity(x: Float64Array, parts: Float64Array, factor: number, from: number): number {
  let nearer = 0;
  for (let d = 0; d < x.length; d++) nearer += Math.abs(x[d]) - Math.abs(x[d] - factor * parts[from + d]);
  return Math.max(0, nearer);
}

function weightedRows(
  values: Float64Array,
  D: number,
  rows: readonly number[],
  weights: readonly number[],
): Float64Array {
  const found = new Float64Array(D);
  rows.forEach((row, k) => {
    for (let d = 0; d < D; d++) found[d] += weights[k] * values[row * D + d];
  });
  return found;
}
