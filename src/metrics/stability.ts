import { sum } from "../statistics/sums.ts";
import { momentsOf } from "../statistics/moments.ts";
import { type Agreement, agreement } from "./agreement.ts";

/** How much attributions of the same units vary over runs: seeds, step counts, baselines. */
export interface Stability {
  /** Runs. */
  readonly runs: number;
  /** [N] */
  readonly mean: Float64Array;
  /** Standard deviation over the runs, [N]. */
  readonly deviation: Float64Array;
  /** Σ deviation / Σ |mean|: 0 where every run gives the same. */
  readonly relativeDeviation: number;
  /** Share of the units whose sign is the same in every run. */
  readonly sameSign: number;
  /** Agreement of two runs, mean over all pairs; a pair whose measure does not exist is left out. */
  readonly meanAgreement: Omit<Agreement, "top">;
  /** The least agreement of two runs (the largest, for the distance). */
  readonly worstAgreement: Omit<Agreement, "top">;
}

/**
 * Stability over runs.
 *
 * @param runs at least two, [N] each
 * @param top k of the overlap; a quarter of the units by default
 * @throws {RangeError} for fewer than two runs, {TypeError} where they differ in length
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
