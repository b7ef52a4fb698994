import type { AttributionRecord } from "../../explain/record/record.ts";
import { numberText } from "../text/number_text.ts";

/** A number in the unit of the record's scores: `3.1 nats`. */
export function amountText(value: number | null, { score: { unit } }: AttributionRecord, signed = false): string {
  return `${numberText(value, 4, signed)} ${unit}`;
}
