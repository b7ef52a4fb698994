import type { AttributionRecord } from "../../explain/record/record.ts";
import { sequenceErrors } from "../view/sequence_errors.ts";

/** Range of the bars of a record with their errors, zero included. */
export function valueDomain(record: AttributionRecord): [number, number] {
  const errors = sequenceErrors(record);
  const low = record.sequenceAttribution.map((value, i) => value - (errors?.[i] ?? 0));
  const high = record.sequenceAttribution.map((value, i) => value + (errors?.[i] ?? 0));
  const domain: [number, number] = [Math.min(0, ...low), Math.max(0, ...high)];
  return domain[0] === domain[1] ? [-1, 1] : domain;
}
