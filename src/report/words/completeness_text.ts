import type { AttributionRecord } from "../../explain/record/record.ts";
import { sizeName } from "../view/is_unsigned.ts";
import { attributionSum, scoreGap } from "../view/score_sums.ts";
import { amountText } from "./amount_text.ts";
import { certificateText } from "./certificate_text.ts";
import { incompleteText, looseParts } from "./incomplete_text.ts";
import { numberText, percentText } from "../text/number_text.ts";
import { samplingText } from "./sampling_text.ts";
import { surrogateText } from "./surrogate_text.ts";

/** Sum, gap and completeness error: `Σ = 3.1 of 3.2 nats, completeness error 0.4 %`. */
export function completenessText(record: AttributionRecord): string {
  const sizes = sizeName(record);
  if (sizes !== null) {
    const text = sizes === "flow"
      ? "flows, shares of what attention adds, summed over blocks, which need not sum to anything"
      : `gradients, ${record.score.unit} by unit of length, which need not sum to anything`;
    return [text, samplingText(record)].filter((part) => part !== null).join("; ");
  }
  const sum = attributionSum(record);
  const gap = scoreGap(record);
  const fit = surrogateText(record);
  if (fit !== null) return `Σ = ${numberText(sum)}, a surrogate's weights: ${fit}`;
  if (gap === null) return `Σ = ${amountText(sum, record)}, no completeness error: ${incompleteText(record)}`;
  const loose = looseParts(record);
  if (loose !== undefined) {
    const apart = percentText(record.completeness.sequence.relative);
    const sums = `Σ = ${numberText(sum)}, gap ${amountText(gap, record)}: ${loose} need not sum to it, ${apart} apart`;
    return [sums, record.standardError === null ? null : samplingText(record)].filter((part) => part !== null)
      .join(", ");
  }
  return [
    `Σ = ${numberText(sum)} of ${amountText(gap, record)}`,
    `completeness error ${percentText(record.completeness.sequence.relative)}`,
    certificateText(record),
    record.standardError === null ? null : samplingText(record),
  ].filter((part) => part !== null).join(", ");
}
