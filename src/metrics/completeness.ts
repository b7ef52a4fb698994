import type { AttributionRecord } from "../explain/record/record.ts";

/** Column sums of a [T, L] attribution: [L]. */
export function sumTargets(attribution: Float64Array, tokens: number): Float64Array {
  const sequence = new Float64Array(tokens);
  attribution.forEach((value, i) => sequence[i % tokens] += value);
  return sequence;
}

/**
 * How far the attributions' sums are from the changes of the scores: δ_t = Σ_i A[t, i] − (F_t(x) − F_t(x′)) and
 * ε_t = |δ_t| / |F_t(x) − F_t(x′)| (DESIGN.md, "Definitions").
 *
 * @param total Σ_i A[t, i], [T]; null where only their sum is known
 * @param sum Σ_t Σ_i A[t, i]
 * @param baseline F_t(x′), [T]; null where x′ cannot be scored, and then nothing can be said
 */
export function completeness(
  total: Float64Array | null,
  sum: number,
  input: Float64Array,
  baseline: Float64Array | null,
): Pick<AttributionRecord["completeness"], "delta" | "relative"> & {
  sequenceDelta: number | null;
  sequenceRelative: number | null;
} {
  if (baseline === null) return { delta: null, relative: null, sequenceDelta: null, sequenceRelative: null };
  const gap = input.map((value, t) => value - baseline[t]);
  const sequenceGap = gap.reduce((total, value) => total + value, 0);
  const delta = total && [...total].map((value, t) => value - gap[t]);
  return {
    delta,
    relative: delta && delta.map((value, t) => ratio(value, gap[t])),
    sequenceDelta: sum - sequenceGap,
    sequenceRelative: ratio(sum - sequenceGap, sequenceGap),
  };
}

function ratio(error: number, gap: number): number | null {
  return gap === 0 ? null : Math.abs(error / gap);
}
