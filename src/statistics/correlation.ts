import { averageRanks } from "./ranks.ts";
import { sum } from "./sums.ts";
import { studentQuantile, UPPER_95 } from "./student_t.ts";

/** Returns Pearson's correlation; NaN if one of the two is constant or there are fewer than two values. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assertPaired(a, b);
  const n = a.length;
  const [meanA, meanB] = [sum(a) / n, sum(b) / n];
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [a[i] - meanA, b[i] - meanB];
    both += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  if (isConstant(a) || isConstant(b)) return NaN;
  return Math.max(-1, Math.min(1, both / Math.sqrt(squaresA * squaresB)));
}

/** Returns Spearman's rank correlation: Pearson's of the ranks; equal values share theirs. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assertPaired(a, b);
  return pearson(averageRanks(a), averageRanks(b));
}

/**
 * Returns Kendall's τ_b = (concordant − discordant) / √((pairs − ties in a) (pairs − ties in b)); NaN if one is
 * constant.
 *
 * Source: Kendall, "The treatment of ties in ranking problems", Biometrika 33 (1945).
 */
export function kendall(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assertPaired(a, b);
  let [order, untiedA, untiedB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const [x, y] = [Math.sign(a[i] - a[j]), Math.sign(b[i] - b[j])];
      order += x * y;
      untiedA += x * x;
      untiedB += y * y;
    }
  }
  return untiedA === 0 || untiedB === 0 ? NaN : order / Math.sqrt(untiedA * untiedB);
}

/**
 * Returns the 95 % interval of Spearman's correlation by Fisher's transform with standard error √((1 + r² / 2) / (n −
 * 3)).
 *
 * Source: Bonett & Wright, "Sample size requirements for estimating Pearson, Kendall and Spearman correlations",
 * Psychometrika 65 (2000).
 *
 * @returns null if pairs are fewer than four, or the correlation is NaN, 1 or −1, for which the transform has no value
 */
export function spearmanInterval(correlation: number, pairs: number): readonly [low: number, high: number] | null {
  if (pairs < 4 || !(Math.abs(correlation) < 1)) return null;
  const half = studentQuantile(UPPER_95, Infinity) * Math.sqrt((1 + correlation ** 2 / 2) / (pairs - 3));
  const at = Math.atanh(correlation);
  return [Math.tanh(at - half), Math.tanh(at + half)];
}

/**
 * Checks that two attributions are of one length.
 *
 * @throws {TypeError} if they are not
 */
export function assertPaired(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length !== b.length) {
    throw new TypeError(`Cannot compare two attributions as both must be [${a.length}]: got [${b.length}]`);
  }
}

function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}
