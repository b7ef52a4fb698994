import type { TokenShares } from "./row_shares.ts";

/** The influence of a prompt on an answer through every chain of generated tokens. */
export interface ChainParts {
  /** Through all chains, [L]: `direct`, all of `spans` and `rest` sum to it. */
  readonly total: Float64Array;
  /** Through chains of answer tokens alone, [L]. */
  readonly direct: Float64Array;
  /** Of each span, through the chains that reach the answer from it: the last step before the answer is in it, [L]. */
  readonly spans: readonly Float64Array[];
  /** Through the chains that reach the answer from tokens in no span, [L]. */
  readonly rest: Float64Array;
  /** Of each span, the share of all chains from the answer that pass it, anywhere. */
  readonly reach: readonly number[];
  /** Of each span, the share that the answer reads from it without a step between. */
  readonly read: readonly number[];
  /** Share of the chains that end before the prompt. */
  readonly lost: number;
}

/**
 * Follows chains back from an answer. Its influence is w (I − P)⁻¹ R, w the same for each answer token, which P's
 * triangle gives token by token from the last to the first.
 *
 * With absolute shares it is a random walk: from a token to one that it has read, with its share as the probability,
 * until the walk is at the prompt. `total` is where it ends, `reach` the probability that it passes a span.
 *
 * @param answer positions among the generated tokens
 * @param spans positions of each, none of the answer's and none twice
 * @throws {RangeError} if there is no answer, or a position is out of range or named twice
 */
export function chainParts(
  shares: TokenShares,
  answer: readonly number[],
  spans: readonly (readonly number[])[],
): ChainParts {
  const { targets: T, tokens: L } = shares;
  const spanOf = placesOf(T, answer, spans);
  const isAnswer = (t: number) => spanOf[t] === ANSWER;
  const start = new Float64Array(T);
  for (const t of answer) start[t] = 1 / answer.length;
  const whole = follow(shares, start, () => true);
  const near = follow(shares, start, isAnswer);
  const from = (wanted: (place: number) => boolean) => near.map((weight, t) => wanted(spanOf[t]) ? weight : 0);
  const through = (weights: Float64Array) => atPrompt(shares, follow(shares, weights, () => true), () => true);
  return {
    total: atPrompt(shares, whole, () => true),
    direct: atPrompt(shares, near, isAnswer),
    spans: spans.map((_, k) => through(from((place) => place === k))),
    rest: spanOf.some((place) => place === NOWHERE) ? through(from((place) => place === NOWHERE)) : new Float64Array(L),
    reach: spans.map((span, k) => sumOf(follow(shares, start, (t) => spanOf[t] !== k), span)),
    read: spans.map((span) => sumOf(near, span)),
    lost: whole.reduce((sum, weight, t) => sum + weight * shares.lost[t], 0),
  };
}

const ANSWER = -1;
const NOWHERE = -2;

/** Returns the span of each generated token, [T]. */
function placesOf(T: number, answer: readonly number[], spans: readonly (readonly number[])[]): Int32Array {
  if (answer.length === 0) throw new RangeError("Cannot follow chains as the answer must have a token: got none");
  const places = new Int32Array(T).fill(NOWHERE);
  [answer, ...spans].forEach((positions, k) => {
    for (const t of positions) {
      if (!(Number.isInteger(t) && t >= 0 && t < T && places[t] === NOWHERE)) {
        throw new RangeError(
          `Cannot follow chains as positions must be 0 … ${T - 1}, each in the answer or one span: got ${t}`,
        );
      }
      places[t] = k - 1;
    }
  });
  return places;
}

/**
 * Sums the shares of all chains that lead from the weighted tokens to each token, [T]. A token that `passes` refuses is
 * reached, but no chain goes on from it.
 */
function follow(
  { targets: T, generated }: TokenShares,
  from: Float64Array,
  passes: (t: number) => boolean,
): Float64Array {
  const weights = from.slice();
  for (let t = T - 1; t > 0; t--) {
    if (weights[t] === 0 || !passes(t)) continue;
    for (let j = 0; j < t; j++) weights[j] += weights[t] * generated[t * T + j];
  }
  return weights;
}

/** Sums what the weighted tokens read of the prompt, [L]. */
function atPrompt(
  { targets: T, tokens: L, prompt }: TokenShares,
  weights: Float64Array,
  counts: (t: number) => boolean,
) {
  const found = new Float64Array(L);
  for (let t = 0; t < T; t++) {
    if (weights[t] === 0 || !counts(t)) continue;
    for (let i = 0; i < L; i++) found[i] += weights[t] * prompt[t * L + i];
  }
  return found;
}

function sumOf(values: Float64Array, positions: readonly number[]): number {
  return positions.reduce((sum, t) => sum + values[t], 0);
}
