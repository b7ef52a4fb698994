import type { AttributionRecord } from "../../explain/record/record.ts";
import { percentText } from "../text/number_text.ts";

/** The certificate against its tolerance; null if the rule has none. */
export function certificateText(record: AttributionRecord): string | null {
  const { certificate, tolerance, met } = record.completeness.sequence;
  if (certificate === null && tolerance === null) return null;
  const asked = tolerance === null ? "" : ` (tolerance ${percentText(tolerance)} ${met ? "met" : "NOT met"})`;
  return `certificate κ = ${percentText(certificate)}${asked}`;
}
