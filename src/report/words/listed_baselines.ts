import { BASELINE } from "../../explain/options/baseline.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";

/** Number of baselines in the method's list; null if it has none. */
export function listedBaselines({ method }: Pick<AttributionRecord, "method">): number | null {
  const baseline = BASELINE.read(method.baseline);
  return baseline?.kind === "samples" ? baseline.samples.length : null;
}
