/** A LASSO fit of one column. */
export interface LassoFit {
  /** [N], on the scale of the rows */
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

// Coordinate descent ends when no coefficient's step changes the fit by more than this share of y's deviation.
const TOLERANCE = 1e-12;
const MOST_SWEEPS = 100_000;

/**
 * Minimizes |y − b − Z w|² / 2n + α |w|₁ for columns Z standardized to mean 0 and deviation 1 (a constant column stays
 * 0), and returns w on the scale of the rows: scikit-learn's StandardScaler and Lasso, as ContextCite combines them.
 *
 * Source: Friedman, Hastie & Tibshirani, "Regularization paths for generalized linear models via coordinate descent"
 * (2010).
 *
 * @param rows [N] each, at least one
 * @param penalty α ≥ 0
 */
export function fitLasso(rows: readonly ArrayLike<number>[], y: ArrayLike<number>, penalty: number): LassoFit {
  const n = rows.length;
  const N = rows[0].length;
  const mean = new Float64Array(N);
  const scale = new Float64Array(N);
  for (let i = 0; i < N; i++) {
    for (const row of rows) mean[i] += row[i] / n;
    let squares = 0;
    for (const row of rows) squares += (row[i] - mean[i]) ** 2;
    scale[i] = Math.sqrt(squares / n);
  }
  let center = 0;
  for (let p = 0; p < n; p++) center += y[p] / n;
  const used = [...scale.keys()].filter((i) => scale[i] > 0);
  const columns = used.map((i) => Float64Array.from(rows, (row) => (row[i] - mean[i]) / scale[i]));
  const residual = Float64Array.from({ length: n }, (_, p) => y[p] - center);
  const weights = descend(columns, residual, penalty);
  const coefficients = new Float64Array(N);
  used.forEach((i, k) => coefficients[i] = weights[k] / scale[i]);
  return { coefficients, intercept: coefficients.reduce((rest, value, i) => rest - value * mean[i], center) };
}

/** Finds coefficients of standardized columns; subtracts their fit from `residual`. */
function descend(columns: readonly Float64Array[], residual: Float64Array, penalty: number): Float64Array {
  const n = residual.length;
  const weights = new Float64Array(columns.length);
  const deviation = Math.sqrt(residual.reduce((sum, value) => sum + value * value, 0) / n);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let largest = 0;
    columns.forEach((column, k) => {
      let gradient = 0;
      for (let p = 0; p < n; p++) gradient += column[p] * residual[p];
      // A column of deviation 1 has Σ z² = n.
      const target = soften(weights[k] + gradient / n, penalty);
      const step = target - weights[k];
      if (step === 0) return;
      for (let p = 0; p < n; p++) residual[p] -= step * column[p];
      weights[k] = target;
      largest = Math.max(largest, Math.abs(step));
    });
    if (largest <= TOLERANCE * deviation) break;
  }
  return weights;
}

function soften(value: number, by: number): number {
  return Math.abs(value) <= by ? 0 : value - Math.sign(value) * by;
}
