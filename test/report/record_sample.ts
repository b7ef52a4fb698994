import type { AttributionRecord } from "../../src/attribution/record.ts";
import { type AttributionOptions, DEFAULT_OPTIONS } from "../../src/experiment/request.ts";
import { closedFormRecord } from "../experiment/closed_form.ts";

/** A record for the tests of the report: "to" occurs twice, and the texts hold what must be escaped. */
export function sampleRecord(
  options: Partial<AttributionOptions> = {},
  prompt = "go to <b> & to sleep",
): AttributionRecord {
  return closedFormRecord({ prompt, target: ' a "dream".' }, { ...DEFAULT_OPTIONS, ...options });
}

/** The record with one sequence attribution replaced. */
export function withAttribution(record: AttributionRecord, values: readonly number[]): AttributionRecord {
  return { ...record, sequenceAttribution: values };
}
