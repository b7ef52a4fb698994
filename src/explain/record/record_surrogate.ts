import type { HeldOut, SurrogateAttribution } from "../../perturbation/surrogate.ts";

/** Fit of a linear surrogate; arrays are [T + 1], the sequence last; null if the scores do not vary. */
export interface RecordSurrogate {
  /** Coalitions that it was fitted to. */
  readonly samples: number;
  /** Different ones among them; absent in records of 0.1.0. */
  readonly distinct?: number;
  /** Numbers of units that all of them keep or all take away, of which the fit says nothing. */
  readonly unvaried?: readonly number[];
  /** Its prediction for the empty prompt, in the units of its attributions. */
  readonly intercept: readonly number[];
  /** Share of the variance that it explains on the coalitions that it was fitted to. */
  readonly r2: readonly (number | null)[];
  /** The same on coalitions that it has not seen; null if none were held out. */
  readonly heldOut: {
    /** Coalitions. */
    readonly samples: number;
    /** Share of the variance. */
    readonly r2: readonly (number | null)[];
    /** Linear datamodeling score: Spearman's correlation of scores and predictions. */
    readonly lds: readonly (number | null)[];
    /** 95 % interval of each. */
    readonly ldsInterval: readonly (readonly [low: number, high: number] | null)[];
  } | null;
}

/** Describes a surrogate; numbers that the scores leave undefined are null. */
export function recordSurrogate(
  { samples, variety: { distinct, unvaried }, intercept, r2, heldOut }: SurrogateAttribution,
): RecordSurrogate {
  return {
    samples,
    distinct,
    unvaried: [...unvaried],
    intercept: [...intercept],
    r2: definedOrNull(r2),
    heldOut: heldOut && describeHeldOut(heldOut),
  };
}

function describeHeldOut({ samples, r2, lds, ldsInterval }: HeldOut): RecordSurrogate["heldOut"] {
  return { samples, r2: definedOrNull(r2), lds: definedOrNull(lds), ldsInterval };
}

function definedOrNull(values: Float64Array): (number | null)[] {
  return [...values].map((value) => Number.isNaN(value) ? null : value);
}
