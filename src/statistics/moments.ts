/** Running means and variances of vectors of one length. */
export interface Moments {
  /** Number of vectors so far. */
  readonly count: number;
  /** Adds one observation, [size]. */
  add(values: ArrayLike<number>): void;
  /** Returns the means, [size]. */
  mean(): Float64Array;
  /** Returns the standard errors of the means, s / √count, [size]; NaN for fewer than two vectors. */
  standardError(): Float64Array;
}

/**
 * Starts empty moments; numerically stable for means far from zero.
 *
 * Source: Welford, "Note on a method for calculating corrected sums of squares and products", Technometrics 4 (1962).
 */
export function createMoments(size: number): Moments {
  const mean = new Float64Array(size);
  const squares = new Float64Array(size);
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(values) {
      count++;
      for (let i = 0; i < size; i++) {
        const change = values[i] - mean[i];
        mean[i] += change / count;
        squares[i] += change * (values[i] - mean[i]);
      }
    },
    mean: () => mean.slice(),
    standardError: () => squares.map((sum) => count < 2 ? NaN : Math.sqrt(sum / (count - 1) / count)),
  };
}

/** Returns the moments of vectors of one length, at least one. */
export function momentsOf(vectors: readonly ArrayLike<number>[]): Moments {
  const moments = createMoments(vectors[0].length);
  vectors.forEach(moments.add);
  return moments;
}

/** Returns the largest of some standard errors; NaN if one is NaN, 0 if there is none. */
export function largestError(errors: Float64Array): number {
  return errors.reduce((top, error) => Math.max(top, error), 0);
}
