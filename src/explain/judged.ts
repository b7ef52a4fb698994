import type { PathIntegral } from "../attribution/path_function.ts";
import type { SurrogateAttribution } from "../perturbation/surrogate.ts";
import type { SamplerStop, Uncertainty } from "../perturbation/unit_attribution.ts";

/** An attribution by any method, with scores and errors to judge it by. */
export type Judged = Omit<PathIntegral, "attribution" | "baseline"> & {
  /** [T], or null if x′ cannot be scored */
  readonly baseline: Float64Array | null;
  /** True if the attributions' sums may be held against the change of the scores. */
  readonly comparable: boolean;
  /** [T L] or null */
  readonly tokenAttribution: Float64Array | null;
  /** [L] */
  readonly sequenceAttribution: Float64Array;
  /** Of the sequence attribution, [L]; null if the method does not sample */
  readonly standardError: Float64Array | null;
  /** Null if every unit is a token. */
  readonly unitLevel: UnitLevel | null;
  /** Null if the rows of the target do not move. */
  readonly prefix: PrefixLevel | null;
  /** Perturbation methods and random baselines only. */
  readonly sampling: Sampling | null;
  /** Linear surrogates only. */
  readonly surrogate: SurrogateAttribution | null;
  /** Tokens that a search did not tell apart, in lists; absent where every unit has an attribution of its own. */
  readonly blocks?: readonly (readonly number[])[];
};

/** Attributions of U units. */
export interface UnitLevel {
  /** [T U] or null */
  readonly attribution: Float64Array | null;
  /** [U] */
  readonly sequence: Float64Array;
  /** [U] or null */
  readonly standardError: Float64Array | null;
  /** [U] or null */
  readonly entryError: Float64Array | null;
}

/** Attributions of the target's first T − 1 tokens. */
export interface PrefixLevel {
  /** [T (T − 1)] or null */
  readonly attribution: Float64Array | null;
  /** [T − 1] */
  readonly sequence: Float64Array;
  /** [T − 1] or null */
  readonly standardError: Float64Array | null;
  /** Like `attribution`, or else like `sequence`; null if nothing is certified. */
  readonly entryError: Float64Array | null;
}

/** Calls of a perturbation method, or of one that samples, and their uncertainty. */
export interface Sampling {
  /** Prompts scored, or path points. */
  readonly calls: number;
  /** Null if it does not stop by itself. */
  readonly stopped: SamplerStop | null;
  /** With the standard errors of tokens, [T L]; null if there is no matrix. */
  readonly uncertainty:
    | Omit<Uncertainty, "standardError" | "sequenceStandardError"> & { readonly standardError: Float64Array | null }
    | null;
}
