import { createRandom } from "./random.ts";
import { sum } from "./sums.ts";
import { normalShare, studentQuantile, UPPER_95 } from "./student_t.ts";

/** Options of `bootstrap`. */
export interface BootstrapOptions {
  /** Integer of 32 bits. */
  readonly seed: number;
  /** Number of resamples; 2000 by default. */
  readonly resamples?: number;
}

/** A statistic with its 95 % interval. */
export interface BootstrapEstimate {
  /** Statistic of all cases. */
  readonly value: number;
  /** Lower end of the interval. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
}

/**
 * Returns a statistic of independent cases with its 95 % interval by the bias-corrected and accelerated bootstrap. A
 * resample whose statistic is NaN, such as the correlation of equal numbers, is drawn again, so the interval is
 * conditional on a statistic.
 *
 * Source: Efron, "Better bootstrap confidence intervals", Journal of the American Statistical Association 82 (1987).
 *
 * @param cases number of cases
 * @param statistic function of the indices of a resample
 * @throws {RangeError} if cases are fewer than 3 or resamples than 100, or the statistic of all cases or most resamples
 * is NaN
 */
export function bootstrap(
  cases: number,
  statistic: (indices: ArrayLike<number>) => number,
  { seed, resamples = 2000 }: BootstrapOptions,
): BootstrapEstimate {
  const value = statistic(Int32Array.from({ length: cases }, (_, i) => i));
  if (!(cases >= 3) || Number.isNaN(value)) {
    throw new RangeError(
      `Cannot bootstrap as there must be at least 3 cases with a statistic: got ${value} of ${cases}`,
    );
  }
  if (!(resamples >= 100)) {
    throw new RangeError(`Cannot bootstrap as there must be at least 100 resamples: got ${resamples}`);
  }
  const drawn = draw(cases, statistic, seed, resamples).sort();
  if (drawn[0] === drawn[drawn.length - 1]) return { value, low: drawn[0], high: drawn[0] };
  // Share of resamples below the value, ties by half: the bias of the statistic.
  const below = drawn.reduce((sum, one) => sum + (one < value ? 1 : one === value ? 0.5 : 0), 0) / drawn.length;
  const bias = normalQuantile(Math.min(Math.max(below, 0.5 / drawn.length), 1 - 0.5 / drawn.length));
  const acceleration = accelerationOf(cases, statistic);
  const end = (share: number) => {
    const z = bias + normalQuantile(share);
    return quantileOf(drawn, normalShare(bias + z / (1 - acceleration * z)));
  };
  return { value, low: end(1 - UPPER_95), high: end(UPPER_95) };
}

/** Returns the statistic of resamples. */
function draw(
  cases: number,
  statistic: (indices: ArrayLike<number>) => number,
  seed: number,
  resamples: number,
): Float64Array {
  const random = createRandom(seed);
  const values = new Float64Array(resamples);
  const indices = new Int32Array(cases);
  let redraws = 0;
  for (let r = 0; r < resamples;) {
    for (let i = 0; i < cases; i++) indices[i] = random.integer(cases);
    const value = statistic(indices);
    if (!Number.isNaN(value)) values[r++] = value;
    else if (++redraws > resamples) {
      throw new RangeError("Cannot bootstrap as most resamples must have a statistic: got NaN of most");
    }
  }
  return values;
}

/** Returns a = Σ (θ̄ − θ_i)³ / 6 (Σ (θ̄ − θ_i)²)^(3/2) over the statistics without one case. */
function accelerationOf(cases: number, statistic: (indices: ArrayLike<number>) => number): number {
  const left = Array.from(
    { length: cases },
    (_, out) => statistic(Int32Array.from({ length: cases - 1 }, (_, i) => i < out ? i : i + 1)),
  )
    .filter((value) => !Number.isNaN(value));
  const mean = sum(left) / left.length;
  const [squares, cubes] = [2, 3].map((power) => left.reduce((sum, value) => sum + (mean - value) ** power, 0));
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
}

function normalQuantile(share: number): number {
  return studentQuantile(share, Infinity);
}

/** Returns a quantile of sorted values, interpolated between neighbours. */
function quantileOf(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}
