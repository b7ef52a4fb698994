/** Sizes of a product of rows by a weight. */
interface ProductSizes {
  /** M */
  readonly rows: number;
  /** N */
  readonly outputs: number;
  /** K */
  readonly inner: number;
}

// Each tile is a call: the engine compiles what is called often, and not the rest of a loop that is long, as well.

/** y_mn += Σ_k x_mk W_nk, k ascending, for y [M, N] of sums that are begun, x [M, K] and W [N, K]. */
export function addProducts(
  y: Float64Array,
  x: Float64Array,
  weights: Float32Array,
  { rows, outputs, inner }: ProductSizes,
): void {
  // As integers to the engine, too: a quotient is a double to it, and so is each index that is computed by it.
  const [M, N, K] = [rows | 0, outputs | 0, inner | 0];
  for (let m = 0; m < M; m += 2) {
    // A last row by itself is computed as both rows of its tiles.
    const next = m + 1 < M ? m + 1 : m;
    let n = 0;
    for (; n + 4 <= N; n += 4) addTile(y, m * N + n, next * N + n, x, m * K, next * K, weights, n * K, K);
    for (; n < N; n++) {
      y[m * N + n] = addProduct(y[m * N + n], x, m * K, weights, n * K, K);
      if (next > m) y[next * N + n] = addProduct(y[next * N + n], x, next * K, weights, n * K, K);
    }
  }
}

/**
 * Adds the products of two rows of x with four of W. Eight sums are made side by side: each waits for its last term, so
 * that one alone is slow; and each weight is read once for both rows.
 */
function addTile(
  y: Float64Array,
  ya: number,
  yb: number,
  x: Float64Array,
  xa: number,
  xb: number,
  weights: Float32Array,
  w: number,
  K: number,
): void {
  let a0 = y[ya];
  let a1 = y[ya + 1];
  let a2 = y[ya + 2];
  let a3 = y[ya + 3];
  let b0 = y[yb];
  let b1 = y[yb + 1];
  let b2 = y[yb + 2];
  let b3 = y[yb + 3];
  for (let k = 0; k < K; k++) {
    const a = x[xa + k];
    const b = x[xb + k];
    const w0 = weights[w + k];
    const w1 = weights[w + K + k];
    const w2 = weights[w + 2 * K + k];
    const w3 = weights[w + 3 * K + k];
    a0 += a * w0;
    a1 += a * w1;
    a2 += a * w2;
    a3 += a * w3;
    b0 += b * w0;
    b1 += b * w1;
    b2 += b * w2;
    b3 += b * w3;
  }
  y[ya] = a0;
  y[ya + 1] = a1;
  y[ya + 2] = a2;
  y[ya + 3] = a3;
  y[yb] = b0;
  y[yb + 1] = b1;
  y[yb + 2] = b2;
  y[yb + 3] = b3;
}

/** Returns a sum that is begun with the products of a row of x and one of W. */
function addProduct(sum: number, x: Float64Array, i: number, weights: Float32Array, j: number, K: number): number {
  for (let k = 0; k < K; k++) sum += x[i + k] * weights[j + k];
  return sum;
}

/** x_mk += Σ_n y_mn W_nk, n ascending, for x [M, K] of sums that are begun, y [M, N] and W [N, K]. */
export function addTransposedProducts(
  x: Float64Array,
  y: Float64Array,
  weights: Float32Array,
  { rows, outputs, inner }: ProductSizes,
): void {
  // As integers to the engine, too: a quotient is a double to it, and so is each index that is computed by it.
  const [M, N, K] = [rows | 0, outputs | 0, inner | 0];
  for (let m = 0; m < M; m += 2) {
    const both = m + 1 < M;
    let n = 0;
    for (; both && n + 4 <= N; n += 4) {
      addTerms(x, m * K, (m + 1) * K, y, m * N + n, (m + 1) * N + n, weights, n * K, K);
    }
    for (; n < N; n++) {
      addTerm(x, m * K, y[m * N + n], weights, n * K, K);
      if (both) addTerm(x, (m + 1) * K, y[(m + 1) * N + n], weights, n * K, K);
    }
  }
}

/** Adds the products of four terms of two rows of y with their rows of W; none that are all zero, as seeds are. */
function addTerms(
  x: Float64Array,
  xa: number,
  xb: number,
  y: Float64Array,
  ya: number,
  yb: number,
  weights: Float32Array,
  w: number,
  K: number,
): void {
  const a0 = y[ya];
  const a1 = y[ya + 1];
  const a2 = y[ya + 2];
  const a3 = y[ya + 3];
  const b0 = y[yb];
  const b1 = y[yb + 1];
  const b2 = y[yb + 2];
  const b3 = y[yb + 3];
  if (a0 === 0 && a1 === 0 && a2 === 0 && a3 === 0 && b0 === 0 && b1 === 0 && b2 === 0 && b3 === 0) return;
  for (let k = 0; k < K; k++) {
    const w0 = weights[w + k];
    const w1 = weights[w + K + k];
    const w2 = weights[w + 2 * K + k];
    const w3 = weights[w + 3 * K + k];
    x[xa + k] = x[xa + k] + a0 * w0 + a1 * w1 + a2 * w2 + a3 * w3;
    x[xb + k] = x[xb + k] + b0 * w0 + b1 * w1 + b2 * w2 + b3 * w3;
  }
}

/** x_(i+k) += factor · w_(j+k) over K elements. */
function addTerm(x: Float64Array, i: number, factor: number, weights: Float32Array, j: number, K: number): void {
  if (factor === 0) return;
  for (let k = 0; k < K; k++) x[i + k] += factor * weights[j + k];
}
