/** Columns of a product that are summed side by side: each sum waits for its last term, so that one alone is slow. */
const SIDE_BY_SIDE = 4;

/** y_n += Σ_k x_k W_nk, k ascending, for a row y [N] of sums that are begun, x [K] and W [N, K]. */
export function addProducts(y: Float64Array, x: Float64Array, weights: Float32Array): void {
  const [N, K] = [y.length, x.length];
  const whole = N - N % SIDE_BY_SIDE;
  for (let n = 0; n < whole; n += SIDE_BY_SIDE) {
    const [w0, w1, w2, w3] = [n * K, (n + 1) * K, (n + 2) * K, (n + 3) * K];
    let [y0, y1, y2, y3] = [y[n], y[n + 1], y[n + 2], y[n + 3]];
    for (let k = 0; k < K; k++) {
      const value = x[k];
      y0 += value * weights[w0 + k];
      y1 += value * weights[w1 + k];
      y2 += value * weights[w2 + k];
      y3 += value * weights[w3 + k];
    }
    y[n] = y0;
    y[n + 1] = y1;
    y[n + 2] = y2;
    y[n + 3] = y3;
  }
  for (let n = whole; n < N; n++) {
    let sum = y[n];
    for (let k = 0; k < K; k++) sum += x[k] * weights[n * K + k];
    y[n] = sum;
  }
}

/** x_k += Σ_n y_n W_nk, n ascending without those whose y is zero, for a row x [K] of sums, y [N] and W [N, K]. */
export function addTransposedProducts(x: Float64Array, y: Float64Array, weights: Float32Array): void {
  const K = x.length;
  const rows: number[] = [];
  for (let n = 0; n < y.length; n++) if (y[n] !== 0) rows.push(n);
  const whole = rows.length - rows.length % SIDE_BY_SIDE;
  for (let i = 0; i < whole; i += SIDE_BY_SIDE) {
    const [n0, n1, n2, n3] = [rows[i], rows[i + 1], rows[i + 2], rows[i + 3]];
    const [y0, y1, y2, y3] = [y[n0], y[n1], y[n2], y[n3]];
    const [w0, w1, w2, w3] = [n0 * K, n1 * K, n2 * K, n3 * K];
    for (let k = 0; k < K; k++) {
      let sum = x[k] + y0 * weights[w0 + k];
      sum += y1 * weights[w1 + k];
      sum += y2 * weights[w2 + k];
      x[k] = sum + y3 * weights[w3 + k];
    }
  }
  for (const n of rows.slice(whole)) {
    for (let k = 0; k < K; k++) x[k] += y[n] * weights[n * K + k];
  }
}
