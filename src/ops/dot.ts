/** Σ_d a_(i+d) b_(j+d) over `length` elements. */
export function dot(a: Float64Array, i: number, b: Float64Array, j: number, length: number): number {
  let sum = 0;
  for (let d = 0; d < length; d++) sum += a[i + d] * b[j + d];
  return sum;
}

/** y_(i+d) += factor · x_(j+d) over `length` elements. */
export function addScaled(
  y: Float64Array,
  i: number,
  factor: number,
  x: Float64Array,
  j: number,
  length: number,
): void {
  for (let d = 0; d < length; d++) y[i + d] += factor * x[j + d];
}
