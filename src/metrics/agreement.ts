import { assertPaired, kendall, pearson, spearman } from "../statistics/correlation.ts";
import { membershipOfTop } from "./top_units.ts";

/** How far two attributions of the same units agree; NaN where a measure does not exist, as correlations of a constant. */
export interface Agreement {
  /** Of the values. */
  readonly pearson: number;
  /** Of the ranks, equal values sharing theirs. */
  readonly spearman: number;
  /** τ_b */
  readonly kendall: number;
  /** Share of the k units of largest magnitude that they have in common. */
  readonly topOverlap: number;
  /** k */
  readonly top: number;
  /** Share of the units on whose sign they agree, of those that one of them does not call 0. */
  readonly signAgreement: number;
  /** Σ |a − b| / Σ |b|: how far the first is from the second as reference. */
  readonly relativeDistance: number;
}

/**
 * Agreement of two attributions: of two methods, seeds or baselines, or of a 4-bit model and its unquantized weights.
 *
 * Sources: `src/statistics/correlation.ts`; Krishna et al., "The disagreement problem in explainable machine learning"
 * (2022) for the overlap and signs.
 *
 * @param a [n]
 * @param b [n], the reference
 * @param top k; a quarter of the units, rounded up, by default
 * @throws {TypeError} where the two differ in length, {RangeError} where k is not 1 … n
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

/** Share of the k units of largest magnitude that two attributions have in common; ties at the border count in part. */
export function topOverlap(a: ArrayLike<number>, b: ArrayLike<number>, k: number): number {
  assertPaired(a, b);
  const [first, second] = [a, b].map((values) => membershipOfTop(Array.from(values, Math.abs), k));
  return first.reduce((sum, share, i) => sum + Math.min(share, second[i]), 0) / k;
}

/** Share of the units with the same sign in both, of those that are not 0 in both; NaN where all are. */
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

/** Σ |a − b| / Σ |b|; NaN or Infinity where the reference is zero. */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assertPaired(a, b);
  let [distance, size] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    distance += Math.abs(a[i] - b[i]);
    size += Math.abs(b[i]);
  }
  return distance / size;
}
