/** Σ_i x_i */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

/** Σ_i a_i b_i */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

/** Σ_i |a_i − b_i| */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += Math.abs(a[i] - b[i]);
  return total;
}

/** y += factor · x */
export function addScaled(y: Float64Array, factor: number, x: ArrayLike<number>): void {
  for (let i = 0; i < y.length; i++) y[i] += factor * x[i];
}

/** Σ_k w_k x_k of at least one vector. */
export function weightedSum(weights: readonly number[], vectors: readonly ArrayLike<number>[]): Float64Array {
  const total = new Float64Array(vectors[0].length);
  vectors.forEach((vector, k) => addScaled(total, weights[k], vector));
  return total;
}

/** Sums of the rows of a [rows, columns] matrix: [rows]. */
export function rowSums(matrix: Float64Array, columns: number): Float64Array {
  return Float64Array.from(
    { length: matrix.length / columns },
    (_, row) => sum(matrix.subarray(row * columns, (row + 1) * columns)),
  );
}

/** Sums of the columns of a [rows, columns] matrix: [columns]. */
export function columnSums(matrix: ArrayLike<number>, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < matrix.length; i++) sums[i % columns] += matrix[i];
  return sums;
}
