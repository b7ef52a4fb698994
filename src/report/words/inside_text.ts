import type { AttributionRecord } from "../../explain/record/record.ts";
import { percentText } from "../text/number_text.ts";
import { insideSums } from "../view/inside_sums.ts";
import { amountText } from "./amount_text.ts";

/** Parts that are named. */
const NAMED = 4;

/** The parts of the network that most passes through, and how well its cuts agree; null if nothing was asked for. */
export function insideText(record: AttributionRecord): string | null {
  if (record.inside === undefined) return null;
  const { disagreement } = record.inside;
  const parts = insideSums(record.inside)
    .filter(({ part }) => part !== "residual")
    .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, NAMED)
    .map(({ layer, part, value }) => `layer ${layer} ${part} ${amountText(value, record, true)}`);
  const agree = disagreement === null ? "" : `; all cuts agree to ${percentText(disagreement)}`;
  return `most through ${parts.join(", ")}${agree}`;
}
