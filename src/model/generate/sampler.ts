import { createRandom } from "../../statistics/random.ts";

/**
 * Options of the choice of the next token. Without `temperature`, `topK` and `topP` it is the likeliest one; else it
 * is drawn. They apply in transformers' order: repetition penalty, temperature, top-k, top-p.
 */
export interface TokenSampling {
  /** Divides the logits, > 0. Default 1. */
  readonly temperature?: number;
  /** Draws from so many of the likeliest tokens, ≥ 1, and those that tie with the last of them. Default: all. */
  readonly topK?: number;
  /**
   * Draws from the fewest likeliest tokens whose probabilities exceed this, above 0 and at most 1, and those that tie
   * with the last of them. Default 1: all.
   */
  readonly topP?: number;
  /**
   * Divides the positive logits, and multiplies the negative ones, of all tokens that prompt and continuation hold so
   * far; > 0, above 1 to keep from repetition. Default 1. Source: Keskar et al., CTRL (2019), section 4.1.
   */
  readonly repetitionPenalty?: number;
  /** Seed of the draws, an integer of 32 bits: the same seed gives the same tokens. Default 0. */
  readonly seed?: number;
}

/** Chooses a token by the logits [V] of all, given those that were there before. */
export type ChooseToken = (logits: Float64Array, seen: ReadonlySet<number>) => number;

/** True if tokens are drawn, not found. */
export function isDrawn({ temperature, topK, topP }: TokenSampling): boolean {
  return temperature !== undefined || topK !== undefined || topP !== undefined;
}

/**
 * Makes the choice of tokens by these options; null if it is the largest logit as it stands, which needs no logits on
 * the host.
 *
 * @throws {RangeError} if an option is out of range, or there is a seed and nothing is drawn
 */
export function createChooser(options: TokenSampling): ChooseToken | null {
  checkSampling(options);
  const { repetitionPenalty = 1, seed = 0 } = options;
  if (isDrawn(options)) {
    const random = createRandom(spread(seed));
    return (logits, seen) => draw(tokenProbabilities(logits, seen, options), random.uniform());
  }
  if (repetitionPenalty === 1) return null;
  return (logits, seen) => {
    const scores = penalized(logits, seen, repetitionPenalty);
    return scores.indexOf(largest(scores));
  };
}

/**
 * Returns another seed, one to one (MurmurHash3's last steps): the generator's first numbers for small seeds are near
 * each other, and the first decides a short text.
 */
function spread(seed: number): number {
  let mixed = (seed + 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** @throws {RangeError} if an option is out of range */
function checkSampling(options: TokenSampling): void {
  const { temperature = 1, topK = 1, topP = 1, repetitionPenalty = 1, seed } = options;
  const expect = (name: string, condition: boolean, must: string, got: unknown) => {
    if (!condition) throw new RangeError(`Cannot generate as ${name} must be ${must}: got ${got}`);
  };
  expect("temperature", temperature > 0 && temperature < Infinity, "a number above 0", temperature);
  expect("topK", Number.isSafeInteger(topK) && topK >= 1, "a whole number ≥ 1", topK);
  expect("topP", topP > 0 && topP <= 1, "above 0 and at most 1", topP);
  expect("repetitionPenalty", repetitionPenalty > 0 && repetitionPenalty < Infinity, "above 0", repetitionPenalty);
  expect("seed", seed === undefined || isDrawn(options), "left out where no token is drawn", seed);
  expect("seed", seed === undefined || seed === seed >>> 0, "a whole number of 32 bits", seed);
}

/**
 * Returns the probabilities of the draw, [V]; they sum to 1.
 *
 * @param logits [V] finite
 * @throws {RangeError} if a logit is not finite
 */
export function tokenProbabilities(
  logits: Float64Array,
  seen: ReadonlySet<number>,
  { temperature = 1, topK, topP = 1, repetitionPenalty = 1 }: TokenSampling,
): Float64Array {
  const scores = penalized(logits, seen, repetitionPenalty).map((score) => score / temperature);
  const kept = topK !== undefined && topK < scores.length ? atLeast(scores, kthLargest(scores, topK)) : scores;
  const probabilities = softmax(kept);
  return topP < 1 ? nucleus(probabilities, topP) : probabilities;
}

function penalized(logits: Float64Array, seen: ReadonlySet<number>, penalty: number): Float64Array {
  const scores = logits.slice();
  if (penalty !== 1) {
    for (const id of seen) {
      scores[id] = scores[id] < 0 ? scores[id] * penalty : scores[id] / penalty;
    }
  }
  return scores;
}

function kthLargest(scores: Float64Array, k: number): number {
  return scores.toSorted()[scores.length - k];
}

function atLeast(scores: Float64Array, threshold: number): Float64Array {
  return scores.map((score) => score >= threshold ? score : -Infinity);
}

function softmax(scores: Float64Array): Float64Array {
  const top = largest(scores);
  return normalized(scores.map((score) => Math.exp(score - top)));
}

/** @throws {RangeError} if a score is NaN, or the largest is not finite */
function largest(scores: Float64Array): number {
  const top = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  if (!Number.isFinite(top)) throw new RangeError(`Cannot choose a token as its logits must be finite: got ${top}`);
  return top;
}

/**
 * Keeps each token that has, together with all less likely ones, more than 1 − `topP`. Source: Holtzman et al. (2020),
 * section 3.1.
 */
function nucleus(probabilities: Float64Array, topP: number): Float64Array {
  const ascending = probabilities.toSorted();
  let below = 0;
  const last = ascending.findIndex((probability) => (below += probability) > 1 - topP);
  const threshold = ascending[last < 0 ? ascending.length - 1 : last];
  return normalized(probabilities.map((probability) => probability >= threshold ? probability : 0));
}

function normalized(weights: Float64Array): Float64Array {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Returns the token at quantile `u` of [0, 1). */
function draw(probabilities: Float64Array, u: number): number {
  let below = 0;
  const found = probabilities.findIndex((probability) => (below += probability) > u);
  // Rounding may leave the sum below u; then it is the last that can be drawn.
  return found >= 0 ? found : probabilities.findLastIndex((probability) => probability > 0);
}
