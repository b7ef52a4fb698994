/** Cuts a matrix in row order into rows of `width` numbers. */
export function matrixRows(values: Float64Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, t) => [...values.subarray(t * width, (t + 1) * width)]);
}
