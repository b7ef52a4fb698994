import type { AttributionRecord } from "../../explain/record/record.ts";
import { numberText, percentText } from "../text/number_text.ts";
import { type TextTable, textTable } from "../text/text_table.ts";
import { wrappedLines } from "../text/wrapped_lines.ts";
import { oneLine, visibleTokens } from "../text/visible_token.ts";
import { fitWidth } from "../text/display_width.ts";
import { shownLevel } from "../view/by_context.ts";
import { supportSign } from "../view/support.ts";

/** Longer targets show the tokens alone that depend on the context. */
const MOST_TARGETS = 40;
/** Sentences of a dependent token. */
const MOST_PARTS = 3;
/** Columns besides that of the sentence. */
const OTHER_COLUMNS = 46;

/**
 * Which target tokens depend on the context, and the sentences that each of them rests on.
 *
 * @param most columns that lines may take
 */
export function contextRows(record: AttributionRecord, width: number, most: number): string[] {
  return [
    ...wrappedLines(contextTitle(record), most),
    ...textTable(dependenceTable(record), most).trimEnd().split("\n"),
    ...(shownLevel(record).attribution === null || record.context!.dependent.length === 0
      ? []
      : ["", ...textTable(partTable(record, Math.max(20, width - OTHER_COLUMNS)), most).trimEnd().split("\n")]),
  ];
}

/** "context: 2 documents of 63 tokens; 4 of 12 target tokens depend on them, by js of at least 0.13 (mean+1sd)" */
export function contextTitle({ context, target }: AttributionRecord): string {
  const { documents, dependent, dependence: { by, least, threshold } } = context!;
  const tokens = documents.reduce((sum, one) => sum + one.tokens.length, 0);
  const rule = least === null
    ? `${threshold}`
    : `at least ${numberText(least, 3)} nats${typeof threshold === "number" ? "" : ` (${threshold})`}`;
  const [what, them] = documents.length === 1 ? ["1 document", "it"] : [`${documents.length} documents`, "them"];
  return `context: ${what} of ${tokens} tokens; ${dependent.length} of ${target.tokens.length} target tokens depend on ` +
    `${them}, by ${by} of ${rule}`;
}

/** Each target token's divergences, and what the model would rather write without the context. */
export function dependenceTable({ context, target }: AttributionRecord): TextTable {
  const { dependent, dependence: { js, kl, klReverse, drop, without } } = context!;
  const words = visibleTokens(target.tokens.map(({ text }) => text));
  const shown = [...words.keys()].filter((t) => words.length <= MOST_TARGETS || dependent.includes(t));
  return {
    head: ["#", "target", "js", "kl", "kl-reverse", "drop", "", "without the context"],
    rows: shown.map((t) => [
      String(t),
      words[t],
      ...[js[t], kl[t], klReverse[t], drop[t]].map((value) => numberText(value, 3)),
      dependent.includes(t) ? "depends: rather" : "",
      visibleTokens([without[t].text])[0],
    ]),
  };
}

/** The sentences that each dependent target token rests on most, with their shares of the change of its score. */
function partTable(record: AttributionRecord, room: number): TextTable {
  const { context, target, score, prompt } = record;
  const { parts, attribution, sums } = shownLevel(record);
  const sign = supportSign(record);
  const words = score.per === "sequence"
    ? [oneLine(target.text)]
    : context!.dependent.map((t) => visibleTokens([target.tokens[t].text])[0]);
  const rows = attribution!.flatMap((values, s) =>
    [...values.keys()].filter((p) => sign * values[p] > 0).sort((a, b) => sign * (values[b] - values[a]))
      .slice(0, MOST_PARTS).map((p, k) => {
        const { document, start, end, resolved } = parts[p];
        const text = oneLine(prompt.text.slice(start, end).trim());
        return [
          k === 0 ? words[s] : "",
          numberText(values[p], 3),
          sums![s] === 0 ? "n/a" : percentText(values[p] / sums![s]),
          document === null ? "several" : oneLine(context!.documents[document].name),
          fitWidth(resolved ? text : `undivided: ${text}`, room).trimEnd(),
        ];
      })
  );
  return { head: ["rests on", score.unit, "share", "document", "sentence"], rows };
}
