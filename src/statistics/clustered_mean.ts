import { bootstrap } from "./bootstrap.ts";
import { UPPER_95 } from "./student_t.ts";

/** A value of one case; values of one cluster, such as a prompt, depend on each other. */
export interface ClusteredValue {
  /** Name of its cluster. */
  readonly cluster: string;
  /** The value. */
  readonly value: number;
}

/** A mean with its 95 % interval over clusters, null if these are fewer than three. */
export interface ClusteredMean {
  /** Mean of all values. */
  readonly value: number;
  /** Lower end of the interval. */
  readonly low: number | null;
  /** Its upper end. */
  readonly high: number | null;
  /** Number of clusters. */
  readonly clusters: number;
  /** Number of values. */
  readonly values: number;
}

/**
 * Returns the mean of values that come in clusters, with an interval by a bootstrap of whole clusters. A share that is
 * 0 or 1 everywhere has no spread for a bootstrap, and gets the exact binomial interval of as many trials as there are
 * clusters.
 *
 * Sources: `bootstrap`; Clopper & Pearson, Biometrika 26 (1934).
 *
 * @param isShare true if the values are shares of a whole
 * @throws {RangeError} if there is no value
 */
export function clusteredMean(values: readonly ClusteredValue[], isShare = false): ClusteredMean {
  if (values.length === 0) throw new RangeError("Cannot take a mean as there must be a value: got none");
  const clusters = [...Map.groupBy(values, ({ cluster }) => cluster).values()];
  const sums = clusters.map((members) => members.reduce((sum, { value }) => sum + value, 0));
  const statistic = (indices: ArrayLike<number>) => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < indices.length; i++) {
      sum += sums[indices[i]];
      count += clusters[indices[i]].length;
    }
    return sum / count;
  };
  const n = clusters.length;
  const value = statistic(Int32Array.from({ length: n }, (_, i) => i));
  const size = { clusters: n, values: values.length };
  if (n < 3) return { value, low: null, high: null, ...size };
  const least = (1 - UPPER_95) ** (1 / n);
  if (isShare && values.every((one) => one.value === 1)) return { value, low: least, high: 1, ...size };
  if (isShare && values.every((one) => one.value === 0)) return { value, low: 0, high: 1 - least, ...size };
  const { low, high } = bootstrap(n, statistic, { seed: 0 });
  return { value, low, high, ...size };
}
