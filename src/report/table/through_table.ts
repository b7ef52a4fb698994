import type { AttributionRecord } from "../../explain/record/record.ts";
import { spanInfluences } from "../../explain/record/span_influences.ts";
import { percentText } from "../text/number_text.ts";
import type { TextTable } from "../text/text_table.ts";
import { oneLine, visibleTokens } from "../text/visible_token.ts";
import { isIdle } from "../view/support.ts";
import { throughRows } from "../view/through_rows.ts";

/** Columns that a prompt token and two ways take. */
const FIRST_COLUMNS = 44;
/** Columns that one more way takes. */
const WAY_COLUMNS = 11;

/** The share of each prompt token on each way to the answer, as many spans as the width has room for. */
export function throughTable(record: AttributionRecord, width: number): TextTable {
  const rows = throughRows(record, Math.max(1, Math.floor((width - FIRST_COLUMNS) / WAY_COLUMNS)));
  const words = visibleTokens(record.prompt.tokens.map(({ text }) => text));
  return {
    head: ["#", "token", ...rows.map(({ label }) => label)],
    rows: words.flatMap((word, i) =>
      isIdle(record, i) ? [] : [[String(i), word, ...rows.map(({ values }) => percentText(values[i]))]]
    ),
  };
}

/** Each span with the share of chains that pass it, that it is read from, and whose last step it is. */
export function spanTable(record: AttributionRecord): TextTable {
  return {
    head: ["through", "passed by", "read", "last step", "text"],
    rows: spanInfluences(record).map(({ text, name, reach, read, last }, k) => [
      String(k + 1),
      ...[reach, read, last].map(percentText),
      oneLine(name === null ? text.trim() : `${name}: ${text.trim()}`),
    ]),
  };
}

/** Says what the two tables are about: `chains to the answer “ four”, absolute shares`. */
export function throughTitle({ through, method }: AttributionRecord): string {
  return `chains to the answer “${oneLine(through!.answer.text.trim())}”, ${method.shares} shares`;
}
