// A pivot below this share of the largest diagonal entry is rounding, not information.
const SINGULAR = 1e-12;

/**
 * Inverts a symmetric positive definite matrix by Cholesky's factorization.
 *
 * @param matrix [n n], row by row
 * @returns [n n]; null if the matrix is singular
 */
export function invertSymmetric(matrix: Float64Array, n: number): Float64Array | null {
  const factor = cholesky(matrix, n);
  if (factor === null) return null;
  const inverse = new Float64Array(n * n);
  for (let column = 0; column < n; column++) {
    const unit = new Float64Array(n);
    unit[column] = 1;
    substitute(factor, n, unit).forEach((value, row) => inverse[row * n + column] = value);
  }
  return inverse;
}

/** Returns the lower triangular factor L of L Lᵀ = matrix, [n n]; null if a pivot vanishes. */
function cholesky(matrix: Float64Array, n: number): Float64Array | null {
  const L = new Float64Array(n * n);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, matrix[i * n + i]);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j];
      for (let k = 0; k < j; k++) sum -= L[i * n + k] * L[j * n + k];
      if (i !== j) L[i * n + j] = sum / L[j * n + j];
      else if (!(sum > SINGULAR * largest)) return null;
      else L[i * n + i] = Math.sqrt(sum);
    }
  }
  return L;
}

/** Solves L Lᵀ x = b, [n]. */
function substitute(L: Float64Array, n: number, b: Float64Array): Float64Array {
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= L[i * n + k] * x[k];
    x[i] /= L[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= L[k * n + i] * x[k];
    x[i] /= L[i * n + i];
  }
  return x;
}
