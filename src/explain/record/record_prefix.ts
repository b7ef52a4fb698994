import type { PrefixLevel } from "../judged.ts";
import { matrixRows } from "./matrix_rows.ts";

/**
 * The rest of the attributions' sum: the share of the target's first T − 1 tokens, if their rows moved along the path.
 * Target t reads the first t of them. With the objective `contrastive` those of the alternative follow.
 */
export interface RecordPrefix {
  /** [T][T − 1], nats, or null if only the sequence was asked for; with one score for the sequence [1][…] */
  readonly attribution: readonly (readonly number[])[] | null;
  /** [T − 1], nats */
  readonly sequence: readonly number[];
  /** [T − 1] of `sequence`, random baselines only */
  readonly standardError: readonly number[] | null;
  /** [T][T − 1] or [T − 1], adaptive quadrature only: estimated absolute error of each entry, nats */
  readonly entryError: readonly (readonly number[])[] | readonly number[] | null;
}

/** Describes the attributions of the target's own tokens. */
export function recordPrefix({ attribution, sequence, standardError, entryError }: PrefixLevel): RecordPrefix {
  const matrix = (values: Float64Array) => matrixRows(values, sequence.length);
  return {
    attribution: attribution && matrix(attribution),
    sequence: [...sequence],
    standardError: standardError && [...standardError],
    entryError: entryError && (attribution === null ? [...entryError] : matrix(entryError)),
  };
}
