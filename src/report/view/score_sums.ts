import type { AttributionRecord } from "../../explain/record/record.ts";

/** Sums a list. */
export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Σ_i A[i], the target's own tokens included if these moved. */
export function attributionSum({ sequenceAttribution, prefix }: AttributionRecord): number {
  return total(sequenceAttribution) + total(prefix?.sequence ?? []);
}

/** Σ_t F_t(x) − F_t(x′), nats; null if the baseline has no score. */
export function scoreGap({ score: { input, baseline } }: AttributionRecord): number | null {
  return baseline && input.reduce((sum, value, t) => sum + value - baseline[t], 0);
}
