import { dot, sum } from "../../statistics/sums.ts";
import { invertSymmetric } from "./symmetric_solve.ts";
import { multiply } from "./constrained_fit.ts";

/** A weighted ridge regression of several columns on the same rows. */
interface RidgeProblem {
  /** N */
  readonly units: number;
  /** C */
  readonly columns: number;
  /** [N] each */
  readonly rows: readonly ArrayLike<number>[];
  /** [C] each */
  readonly values: readonly ArrayLike<number>[];
  /** One a row, > 0. */
  readonly weights: readonly number[];
  /** α ≥ 0, on the sum of squared coefficients; the intercept is free. */
  readonly penalty: number;
}

/** Its solution. */
interface RidgeFit {
  /** [C, N] */
  readonly coefficients: Float64Array;
  /** [C] */
  readonly intercept: Float64Array;
  /** Sandwich standard errors with the leverage correction HC3, [C, N]. */
  readonly standardError: Float64Array;
  /** Σ of the leverages: the effective number of parameters, the intercept among them. */
  readonly parameters: number;
}

/**
 * Minimizes Σ_p w_p (y_p − b − x_p·β)² + α |β|², as scikit-learn's Ridge with `sample_weight`.
 *
 * @returns null if rows and penalty do not determine the coefficients
 */
export function fitRidge({ units: N, columns: C, rows, values, weights, penalty }: RidgeProblem): RidgeFit | null {
  const total = sum(weights);
  const meanRow = weightedMean(rows, weights, total, N);
  const meanValue = weightedMean(values, weights, total, C);
  const centered = rows.map((x) => Float64Array.from({ length: N }, (_, i) => x[i] - meanRow[i]));
  const gram = new Float64Array(N * N);
  centered.forEach((x, p) => {
    for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) gram[i * N + j] += weights[p] * x[i] * x[j];
  });
  for (let i = 0; i < N; i++) gram[i * N + i] += penalty;
  const inverse = invertSymmetric(gram, N);
  if (inverse === null) return null;
  const coefficients = new Float64Array(C * N);
  const intercept = new Float64Array(C);
  for (let c = 0; c < C; c++) {
    const moment = new Float64Array(N);
    centered.forEach((x, p) => {
      const rest = weights[p] * (values[p][c] - meanValue[c]);
      for (let i = 0; i < N; i++) moment[i] += rest * x[i];
    });
    const beta = multiply(inverse, moment);
    coefficients.set(beta, c * N);
    intercept[c] = meanValue[c] - dot(beta, meanRow);
  }
  const variance = new Float64Array(C * N);
  let parameters = 0;
  centered.forEach((x, p) => {
    const pull = multiply(inverse, x);
    const leverage = weights[p] * (dot(x, pull) + 1 / total);
    parameters += leverage;
    for (let c = 0; c < C; c++) {
      const predicted = meanValue[c] + dot(x, coefficients.subarray(c * N, (c + 1) * N));
      const effect = weights[p] * (values[p][c] - predicted) / Math.max(1 - leverage, 1e-9);
      for (let i = 0; i < N; i++) variance[c * N + i] += (effect * pull[i]) ** 2;
    }
  });
  return { coefficients, intercept, standardError: variance.map(Math.sqrt), parameters };
}

function weightedMean(
  vectors: readonly ArrayLike<number>[],
  weights: readonly number[],
  total: number,
  size: number,
): Float64Array {
  const mean = new Float64Array(size);
  vectors.forEach((vector, p) => {
    for (let i = 0; i < size; i++) mean[i] += weights[p] * vector[i] / total;
  });
  return mean;
}
