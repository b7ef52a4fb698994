import type { AttributionRecord } from "../../explain/record/record.ts";
import { listedBaselines } from "./listed_baselines.ts";
import { numberText } from "../text/number_text.ts";

const STOPPED_BY = {
  "standard-error": "ended by the standard error",
  budget: "ended by the budget",
  samples: "ended by the number of samples",
  exact: "nothing left to sample",
} as const;

/** Model calls, why the sampling ended and how sure it is; null for methods that make none. */
export function samplingText(record: AttributionRecord): string | null {
  const { sampling, method } = record;
  if (sampling === undefined) return null;
  const { calls, stopped, halfWidth } = sampling;
  const drawn = method.scheme === "resample" ? [`${sampling.samples} draws of other tokens`] : [];
  const given = listedBaselines(record) === null ? "random" : "given";
  const kind = stopped?.by === "samples" ? `${given} baselines` : "random gradients";
  const scored = method.scheme === undefined ? `${sampling.samples} ${kind}` : `${calls} model calls`;
  const parts = [...drawn, scored];
  if (stopped !== null) parts.push(STOPPED_BY[stopped.by]);
  if (stopped !== null && stopped.reached !== null && halfWidth !== null) {
    const asked = stopped.asked === null
      ? ""
      : ` (${numberText(stopped.asked, 2)} asked, ${stopped.met ? "met" : "NOT met"})`;
    parts.push(`standard errors up to ${numberText(stopped.reached, 2)}${asked}`);
    parts.push(`95 % intervals ± ${numberText(halfWidth, 3)} of them`);
  }
  return parts.join(", ");
}
