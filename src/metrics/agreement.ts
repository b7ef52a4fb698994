import { assertPaired, kendall, pearson, spearman } from "../statistics/correlation.ts";
import { membershipOfTop } from "./top_units.ts";

/**
 * Agreement of two attributions of the same units; NaN if a measure does not exist, as the correlation of a constant.
 */
export interface Agreement {
  /** Pearson's correlation of the values. */
  readonly pearson: number;
  /** Pearson's correlation of the ranks; equal values share theirs. */
  readonly spearman: number;
  /** τ_b */
  readonly kendall: number;
  /** Share of the k units of largest magnitude that they have in common. */
  readonly topOverlap: number;
  /** k */
  readonly top: number;
  /** Share of the units with the same sign in both, of all that are not 0 in both. */
  readonly signAgreement: number;
  /** Σ |a − b| / Σ |b|: distance from the second, the reference. */
  readonly relativeDistance: number;
}

/**
 * Measures the agreement of two attributions: of two methods, seeds or baselines, or of a 4-bit model and its
 * unquantized weights.
 *
 * Sources: Kendall, "The treatment of ties in ranking problems" (1945) for τ_b; Krishna et al., "The disagreement
 * problem in explainable machine learning" (2022) for overlap and signs.
 *
 * @param a [n]
 * @param b [n], the reference
 * @param top k; a quarter of the units, rounded up, by default
 * @throws {TypeError} if the two differ in length
 * @throws {RangeError} if k is not 1 … n
 */
export function agreement(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  top: number = Math.ceil(a.length / 4),
): Agreement {
  assertPaired(a, b);
  return {
    pearson: pearson(a, b),
    spearman: spearman(a, b),
    kendall: kendall(a, b),
    topOverlap: topOverlap(a, b, top),
    top,
    signAgreement: signAgreement(a, b),
    relativeDistance: relativeDistance(a, b),
  };
}

/**
 * Returns the share of the k units of largest magnitude that two attributions share; ties at the border count in part.
 */
export function topOverlap(a: ArrayLike<number>, b: ArrayLike<number>, k: number): number {
  assertPaired(a, b);
  const [first, second] = [a, b].map((values) => membershipOfTop(Array.from(values, Math.abs), k));
  return first.reduce((sum, share, i) => sum + Math.min(share, second[i]), 0) / k;
}

/** Returns the share of the units with the same sign in both, of all that are not 0 in both; NaN if all are 0. */
export function signAgreement(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assertPaired(a, b);
  let [same, all] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 0 && b[i] === 0) continue;
    all++;
    if (Math.sign(a[i]) === Math.sign(b[i])) same++;
  }
  return same / all;
}

/** Returns Σ |a − b| / Σ |b|; NaN or Infinity if the reference is zero. */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assertPaired(a, b);
  let [distance, size] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    distance += Math.abs(a[i] - b[i]);
    size += Math.abs(b[i]);
  }
  return distance / size;
}
