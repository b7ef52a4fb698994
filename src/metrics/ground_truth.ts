import { averageRanks } from "../statistics/ranks.ts";
import { membershipOfTop } from "./top_units.ts";

/**
 * Returns the share of the k units of largest attribution that are causes; ties at the border count in part.
 *
 * @param attribution [n]
 * @param causes [n], true for units that are causes
 * @throws {RangeError} if k is not 1 … n
 * @throws {TypeError} if the lengths differ
 */
export function precisionAt(attribution: ArrayLike<number>, causes: readonly boolean[], k: number): number {
  assertTruth(attribution, causes);
  return membershipOfTop(attribution, k).reduce((sum, share, i) => sum + (causes[i] ? share : 0), 0) / k;
}

/**
 * Returns the area under the ROC curve: the chance that a cause has a larger attribution than another unit, ties by
 * half; NaN if all units are causes or none is.
 *
 * Source: Mann & Whitney, "On a test of whether one of two random variables is stochastically larger than the other"
 * (1947).
 *
 * @throws {TypeError} if the lengths differ
 */
export function rocAuc(attribution: ArrayLike<number>, causes: readonly boolean[]): number {
  assertTruth(attribution, causes);
  const positives = causes.filter(Boolean).length;
  const ranks = averageRanks(attribution);
  const total = ranks.reduce((sum, rank, i) => sum + (causes[i] ? rank : 0), 0);
  return (total - positives * (positives + 1) / 2) / (positives * (causes.length - positives));
}

/**
 * Returns the average precision Σ (R_k − R_{k−1}) P_k over the distinct attributions, the largest first, without
 * interpolation; NaN if no unit is a cause.
 *
 * Source: scikit-learn's average_precision_score.
 *
 * @throws {TypeError} if the lengths differ
 */
export function averagePrecision(attribution: ArrayLike<number>, causes: readonly boolean[]): number {
  assertTruth(attribution, causes);
  const order = causes.map((_, i) => i).sort((a, b) => attribution[b] - attribution[a]);
  const positives = causes.filter(Boolean).length;
  let [found, precision] = [0, 0];
  for (let start = 0, end = 0; start < order.length; start = end) {
    const before = found;
    while (end < order.length && attribution[order[end]] === attribution[order[start]]) {
      if (causes[order[end++]]) found++;
    }
    precision += (found - before) * found / end;
  }
  return precision / positives;
}

function assertTruth(attribution: ArrayLike<number>, causes: readonly boolean[]): void {
  if (attribution.length !== causes.length) {
    throw new TypeError(
      `Cannot compare with the causes as they must be [${attribution.length}]: got [${causes.length}]`,
    );
  }
}
