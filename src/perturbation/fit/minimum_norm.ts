import { dot } from "../../statistics/sums.ts";
/** A linear least squares problem with one unknown vector for each column. */
interface LeastSquares {
  /** N */
  readonly unknowns: number;
  /** C */
  readonly columns: number;
  /** [N] each, S of them */
  readonly rows: readonly ArrayLike<number>[];
  /** [C] each */
  readonly values: readonly ArrayLike<number>[];
  /** Singular values below this share of the largest count as zero. */
  readonly cutoff: number;
}

// Jacobi's rotations end when no two columns have a larger cosine; they converge quadratically, in about ten sweeps.
const ORTHOGONAL = 1e-14;
// A column whose square is below this share of the largest is rounding: rotating it would never end.
const NEGLIGIBLE = 1e-28;
const MOST_SWEEPS = 60;

/**
 * Finds the x of the smallest norm among all that minimize |A x − b|, [C, N]: the pseudoinverse, by one-sided Jacobi
 * rotations, which keep small singular values exact next to large ones.
 *
 * Source: Hestenes, "Inversion of matrices by biorthogonalization and related results" (1958).
 */
export function solveMinimumNorm({ unknowns: N, columns: C, rows, values, cutoff }: LeastSquares): Float64Array {
  const S = rows.length;
  // Rotates the columns of A, or of Aᵀ if it has fewer.
  const wide = S < N;
  const left = wide
    ? rows.map((row) => Float64Array.from(row))
    : Array.from({ length: N }, (_, i) => Float64Array.from(rows, (row) => row[i]));
  const right = left.map((_, k) => Float64Array.from(left, (_, j) => j === k ? 1 : 0));
  orthogonalize(left, right);
  const squares = left.map((column) => dot(column, column));
  const least = cutoff ** 2 * squares.reduce((top, square) => Math.max(top, square), 0);
  const solution = new Float64Array(C * N);
  left.forEach((column, k) => {
    if (!(squares[k] > least)) return;
    const [ofRows, ofUnknowns] = wide ? [right[k], column] : [column, right[k]];
    for (let c = 0; c < C; c++) {
      let share = 0;
      for (let p = 0; p < S; p++) share += ofRows[p] * values[p][c];
      for (let i = 0; i < N; i++) solution[c * N + i] += ofUnknowns[i] * share / squares[k];
    }
  });
  return solution;
}

/** Rotates pairs of columns until all are orthogonal, and `also` in the same way. */
function orthogonalize(columns: readonly Float64Array[], also: readonly Float64Array[]): void {
  const least = NEGLIGIBLE * columns.reduce((top, column) => Math.max(top, dot(column, column)), 0);
  for (let sweep = 0, rotated = true; rotated && sweep < MOST_SWEEPS; sweep++) {
    rotated = false;
    for (let i = 0; i < columns.length; i++) {
      for (let j = i + 1; j < columns.length; j++) {
        const product = dot(columns[i], columns[j]);
        const [a, b] = [dot(columns[i], columns[i]), dot(columns[j], columns[j])];
        if (a <= least || b <= least || !(Math.abs(product) > ORTHOGONAL * Math.sqrt(a * b))) continue;
        rotated = true;
        const ratio = (b - a) / (2 * product);
        const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.hypot(1, ratio));
        const cosine = 1 / Math.hypot(1, tangent);
        rotate(columns[i], columns[j], cosine, cosine * tangent);
        rotate(also[i], also[j], cosine, cosine * tangent);
      }
    }
  }
}

function rotate(a: Float64Array, b: Float64Array, cosine: number, sine: number): void {
  for (let p = 0; p < a.length; p++) {
    const [x, y] = [a[p], b[p]];
    a[p] = cosine * x - sine * y;
    b[p] = sine * x + cosine * y;
  }
}
