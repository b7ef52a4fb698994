import { sum } from "../statistics/sums.ts";

/** Errors of completeness, by target token and of their sum; null if the baseline has no score. */
export interface CompletenessError {
  /** δ_t, [T], in the objective's unit. */
  readonly delta: readonly number[] | null;
  /** ε_t, [T]; an element is null if the score of that token did not change. */
  readonly relative: readonly (number | null)[] | null;
  /** Σ_t Σ_i A[t, i] − Σ_t (F_t(x) − F_t(x′)), in the objective's unit. */
  readonly sequenceDelta: number | null;
  /** The same, relative to the change of the sum; null if that is 0. */
  readonly sequenceRelative: number | null;
}

/**
 * Compares the sums of an attribution with the changes of the scores: δ_t = Σ_i A[t, i] − (F_t(x) − F_t(x′)) and
 * ε_t = |δ_t| / |F_t(x) − F_t(x′)|.
 *
 * Source: Sundararajan, Taly & Yan, "Axiomatic attribution for deep networks" (2017), proposition 1.
 *
 * @param total Σ_i A[t, i], [T]; null if only their sum is known
 * @param attributed Σ_t Σ_i A[t, i]
 * @param baseline F_t(x′), [T]; null if x′ has no score
 */
export function completeness(
  total: Float64Array | null,
  attributed: number,
  input: Float64Array,
  baseline: Float64Array | null,
): CompletenessError {
  if (baseline === null) return { delta: null, relative: null, sequenceDelta: null, sequenceRelative: null };
  const gap = input.map((value, t) => value - baseline[t]);
  const sequenceGap = sum(gap);
  const delta = total && [...total].map((value, t) => value - gap[t]);
  return {
    delta,
    relative: delta && delta.map((value, t) => ratio(value, gap[t])),
    sequenceDelta: attributed - sequenceGap,
    sequenceRelative: ratio(attributed - sequenceGap, sequenceGap),
  };
}

function ratio(error: number, gap: number): number | null {
  return gap === 0 ? null : Math.abs(error / gap);
}
