import { sum } from "../../statistics/sums.ts";
import { invertSymmetric } from "./symmetric_solve.ts";

/** Weighted observations y of linear functions x of N coefficients whose sum is known. */
interface ConstrainedProblem {
  /** N */
  readonly units: number;
  /** C */
  readonly columns: number;
  /** x, [N] each */
  readonly rows: readonly Float64Array[];
  /** y, [C] each */
  readonly values: readonly Float64Array[];
  /** One a row, > 0. */
  readonly weights: readonly number[];
  /** Sum of each column's coefficients, [C]. */
  readonly totals: Float64Array;
}

/** Its solution. */
export interface ConstrainedFit {
  /** β, [C, N]; each column sums to its total. */
  readonly coefficients: Float64Array;
  /** K, [N, N]: β moves by K x w when an observation moves by one; its rows sum to zero. */
  readonly response: Float64Array;
}

/**
 * Minimizes Σ_p w_p (y_p − x_p·β)² under Σ_i β_i = total.
 *
 * β = total / N + γ with Σγ = 0; γ is found in the differences from the last coefficient.
 *
 * @returns null if the rows do not determine the coefficients
 */
export function fitConstrained(problem: ConstrainedProblem): ConstrainedFit | null {
  const { units: N, columns: C, rows, values, weights, totals } = problem;
  const response = zeroSumInverse(rows, weights, N);
  if (response === null) return null;
  const coefficients = new Float64Array(C * N);
  for (let c = 0; c < C; c++) {
    const even = totals[c] / N;
    const moment = new Float64Array(N);
    rows.forEach((x, p) => {
      const rest = weights[p] * (values[p][c] - even * sum(x));
      for (let i = 0; i < N; i++) moment[i] += rest * x[i];
    });
    multiply(response, moment).forEach((value, i) => coefficients[c * N + i] = even + value);
  }
  return { coefficients, response };
}

/** Multiplies a square matrix by a vector, [N]. */
export function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const N = vector.length;
  return vector.map((_, i) => {
    let total = 0;
    for (let j = 0; j < N; j++) total += matrix[i * N + j] * vector[j];
    return total;
  });
}

/** Returns B (Bᵀ A B)⁻¹ Bᵀ for A = Σ w x xᵀ and B a basis of the vectors that sum to zero, [N, N]. */
function zeroSumInverse(rows: readonly Float64Array[], weights: readonly number[], N: number): Float64Array | null {
  const M = N - 1;
  const reduced = new Float64Array(M * M);
  rows.forEach((x, p) => {
    for (let i = 0; i < M; i++) {
      const left = weights[p] * (x[i] - x[M]);
      for (let j = 0; j <= i; j++) reduced[i * M + j] += left * (x[j] - x[M]);
    }
  });
  for (let i = 0; i < M; i++) for (let j = 0; j < i; j++) reduced[j * M + i] = reduced[i * M + j];
  const inverse = invertSymmetric(reduced, M);
  if (inverse === null) return null;
  const full = new Float64Array(N * N);
  for (let i = 0; i < M; i++) {
    for (let j = 0; j < M; j++) {
      const value = inverse[i * M + j];
      full[i * N + j] += value;
      full[i * N + M] -= value;
      full[M * N + j] -= value;
      full[M * N + M] += value;
    }
  }
  return full;
}
