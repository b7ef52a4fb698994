import type { AttributionRecord } from "../attribution/record.ts";

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
 * @param total Σ_i A[t, i], [T]
 * @param baseline F_t(x′), [T]; null where x′ cannot be scored, and then nothing can be said
 */
export function completeness(
  total: Float64Array,
  input: Float64Array,
  baseline: Float64Array | null,
): Pick<AttributionRecord["completeness"], "delta" | "relative"> & {
  sequenceDelta: number | null;
  sequenceRelative: number | null;
} {
  if (baseline === null) return { delta: null, relative: null, sequenceDelta: null, sequenceRelative: null };
  const gap = input.map((value, t) => value - baseline[t]);
  const delta = [...total].map((value, t) => value - gap[t]);
  const sequenceDelta = delta.reduce((sum, value) => sum + value, 0);
  return {
    delta,
    relative: delta.map((value, t) => ratio(value, gap[t])),
    sequenceDelta,
    sequenceRelative: ratio(sequenceDelta, gap.reduce((sum, value) => sum + value, 0)),
  };
}

function ratio(error: number, gap: number): number | null {
  return gap === 0 ? null : Math.abs(error / gap);
}
