import { sum } from "../statistics/sums.ts";
import { momentsOf } from "../statistics/moments.ts";
import { type Agreement, agreement } from "./agreement.ts";

/** Variation of attributions of the same units over runs: seeds, step counts, baselines. */
export interface Stability {
  /** Runs. */
  readonly runs: number;
  /** [N] */
  readonly mean: Float64Array;
  /** Standard deviation over the runs, [N]. */
  readonly deviation: Float64Array;
  /** Σ deviation / Σ |mean|: 0 if all runs are equal. */
  readonly relativeDeviation: number;
  /** Share of the units with the same sign in every run. */
  readonly sameSign: number;
  /** Mean agreement over all pairs of runs; a pair without a measure is left out. */
  readonly meanAgreement: Omit<Agreement, "top">;
  /** Least agreement of two runs (for the distance the largest). */
  readonly worstAgreement: Omit<Agreement, "top">;
}

/**
 * Measures stability over runs.
 *
 * @param runs at least two, [N] each
 * @param top k of the overlap; a quarter of the units by default
 * @throws {RangeError} if runs are fewer than two
 * @throws {TypeError} if they differ in length
 */
export function stability(runs: readonly ArrayLike<number>[], top?: number): Stability {
  if (runs.length < 2) throw new RangeError(`Cannot tell stability as there must be two runs: got ${runs.length}`);
  const pairs = runs.flatMap((a, i) => runs.slice(0, i).map((b) => agreement(a, b, top)));
  const moments = momentsOf(runs);
  const mean = moments.mean();
  const deviation = moments.standardError().map((error) => error * Math.sqrt(runs.length));
  const steady = [...mean.keys()].filter((i) => runs.every((run) => Math.sign(run[i]) === Math.sign(runs[0][i])));
  const over = (pick: (values: readonly number[], name: keyof Agreement) => number) => {
    const of = (name: keyof Agreement) => pick(pairs.map((pair) => pair[name]).filter((v) => !Number.isNaN(v)), name);
    return {
      pearson: of("pearson"),
      spearman: of("spearman"),
      kendall: of("kendall"),
      topOverlap: of("topOverlap"),
      signAgreement: of("signAgreement"),
      relativeDistance: of("relativeDistance"),
    };
  };
  return {
    runs: runs.length,
    mean,
    deviation,
    relativeDeviation: sum(deviation) / sum(mean.map(Math.abs)),
    sameSign: steady.length / mean.length,
    meanAgreement: over((values) => sum(values) / values.length),
    worstAgreement: over((values, name) =>
      values.length === 0 ? NaN : name === "relativeDistance" ? Math.max(...values) : Math.min(...values)
    ),
  };
}
