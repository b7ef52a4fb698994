import type { AttributionRecord } from "../explain/record/record.ts";
import { spanTable, throughTitle } from "./table/through_table.ts";
import { escapeHtml } from "./text/escape_html.ts";
import { highlighted } from "./text/highlight.ts";
import { percentText } from "./text/number_text.ts";
import { textTable } from "./text/text_table.ts";
import { isIdle } from "./view/support.ts";
import { throughRows } from "./view/through_rows.ts";

/** More spans make no page: those that most chains pass. */
const MOST_SPANS = 24;

/** The prompt once for each way to the answer, coloured by its shares; nothing if chains were not followed. */
export function throughSection(record: AttributionRecord): string {
  const { through, target, prompt } = record;
  if (through === undefined) return "";
  const largest = Math.max(...through.total.map(Math.abs)) || 1;
  const ways = throughRows(record, MOST_SPANS).map(({ label, text, values, reach }) => {
    const title = text === null ? escapeHtml(label) : `${escapeHtml(label)}: <q>${escapeHtml(text)}</q>`;
    const passed = reach === null ? "" : `, passed by ${percentText(reach)} of the chains`;
    const tokens = prompt.tokens.map((token, i) =>
      highlighted(token.text, isIdle(record, i) ? null : values[i] / largest, percentText(values[i]))
    );
    return `<p class="way">${title}${passed}</p>\n<p class="text">${tokens.join("")}</p>`;
  });
  const most = Math.max(...through.spans.map(({ reach }) => Math.abs(reach))) || 1;
  const spanOf = (t: number) => through.spans.find(({ tokens }) => tokens.includes(t));
  const written = through.balance.map((_, t) => {
    const { text } = target.tokens[t];
    if (through.answer.tokens.includes(t)) return `<span class="target">${escapeHtml(text)}</span>`;
    const span = spanOf(t);
    return highlighted(text, span === undefined ? null : span.reach / most, span ? percentText(span.reach) : "no span");
  });
  return `<h2>${escapeHtml(throughTitle(record))}</h2>
<p class="text">${written.join("")}</p>
<pre>${escapeHtml(textTable(spanTable(record)))}</pre>
${ways.join("\n")}
`;
}
