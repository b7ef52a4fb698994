import type { AttributionRecord } from "../../explain/record/record.ts";
import { sizeName } from "../view/is_unsigned.ts";
import { sequenceErrors } from "../view/sequence_errors.ts";
import { isIdle } from "../view/support.ts";
import { fitWidth } from "../text/display_width.ts";
import { fixedText, numberText } from "../text/number_text.ts";
import type { Paint } from "../text/paint.ts";
import { signedBar } from "./signed_bar.ts";
import { VALUE_WIDTH, wordColumn } from "./table_columns.ts";
import { visibleTokens } from "../text/visible_token.ts";

/** Narrower tables leave the error column out. */
const NARROW = 60;
/** Parts of a context that are shown, those of the largest attributions; what is not of it has none. */
const MOST_PARTS = 30;
/** Narrowest bar. */
const NARROWEST_BAR = 9;

/** A row for each prompt token or unit: its attribution as a signed bar and a number, and its error. */
export function promptRows(record: AttributionRecord, width: number, paint: Paint): string[] {
  const words = visibleTokens(record.prompt.tokens.map((token) => token.text));
  const errors = width < NARROW ? null : sequenceErrors(record);
  const wordWidth = Math.min(Math.floor(width / 3), wordColumn(words, "token"));
  const errorWidth = errors ? VALUE_WIDTH : 0;
  const barWidth = Math.max(NARROWEST_BAR, width - 4 - wordWidth - 2 - VALUE_WIDTH - errorWidth - 1);
  const largest = Math.max(...record.sequenceAttribution.map(Math.abs), Number.MIN_VALUE);
  const bar = signedBar(record.sequenceAttribution, largest, barWidth);
  const head = `${"#".padStart(3)} ${fitWidth("token", wordWidth)}  ${fitWidth("attribution", bar.width)}` +
    (sizeName(record) ?? record.score.unit).padStart(VALUE_WIDTH) +
    (errors ? "±".padStart(VALUE_WIDTH) : "");
  const shown = shownPositions(record);
  const rows = shown.map((i) => {
    const start = `${String(i).padStart(3)} ${fitWidth(words[i], wordWidth)}  `;
    if (isIdle(record, i)) return start + fitWidth("frozen", bar.width) + "·".padStart(VALUE_WIDTH);
    const value = record.sequenceAttribution[i];
    const error = errors ? numberText(errors[i], 2).padStart(VALUE_WIDTH) : "";
    return start + bar.draw(value, paint) + valueText(value, largest).padStart(VALUE_WIDTH) + error;
  });
  const left = record.prompt.tokens.length - shown.length;
  return [paint.head(head), ...rows, ...(left === 0 ? [] : [`    and ${left} more, of smaller attributions or none`])];
}

function shownPositions({ context, sequenceAttribution: values }: AttributionRecord): number[] {
  const all = [...values.keys()];
  if (context === undefined || all.length <= MOST_PARTS) return all;
  return all.sort((a, b) => Math.abs(values[b]) - Math.abs(values[a])).slice(0, MOST_PARTS).sort((a, b) => a - b);
}

/** Four decimals, which line up, unless the largest has fewer digits than that or does not fit. */
function valueText(value: number, largest: number): string {
  return largest < 0.01 || largest >= 1e5 ? numberText(value) : fixedText(value, 4);
}
