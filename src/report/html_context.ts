import type { AttributionRecord } from "../explain/record/record.ts";
import { contextTitle, dependenceTable } from "./table/context_table.ts";
import { escapeHtml } from "./text/escape_html.ts";
import { highlighted } from "./text/highlight.ts";
import { numberText } from "./text/number_text.ts";
import { textTable } from "./text/text_table.ts";
import { shownLevel } from "./view/by_context.ts";

/** Dependent target tokens whose documents are shown, those of the largest divergence. */
const MOST_SHOWN = 24;

/**
 * The target coloured by its dependence on the context, and the documents once for each token that depends on them,
 * coloured by what it rests on; nothing without a context.
 */
export function contextSection(record: AttributionRecord): string {
  const { context, target, score, prompt } = record;
  if (context === undefined) return "";
  const { dependent, dependence } = context;
  const values = dependence[dependence.by === "kl-reverse" ? "klReverse" : dependence.by];
  const most = Math.max(...values) || 1;
  const written = target.tokens.map(({ text }, t) =>
    highlighted(text, values[t] / most, `${dependence.by} ${numberText(values[t], 3)} nats`)
  );
  const { attribution, parts } = shownLevel(record);
  const ranked = dependent.map((t, s) => [t, s]).sort(([a], [b]) => values[b] - values[a]).slice(0, MOST_SHOWN);
  const rows = score.per === "sequence" ? [[-1, 0]] : ranked.sort(([a], [b]) => a - b);
  const shown = attribution === null ? [] : rows.map(([t, s]) => {
    const largest = Math.max(...attribution[s].map(Math.abs)) || 1;
    const title = t < 0
      ? "the target"
      : `<q>${escapeHtml(target.tokens[t].text)}</q>, without the context rather <q>${
        escapeHtml(dependence.without[t].text)
      }</q>`;
    const texts = context.documents.map(({ name }, d) => {
      const own = parts.map((part, p) => ({ ...part, value: attribution[s][p] })).filter(({ document }) =>
        document === d
      );
      const marked = own.map(({ start, end, value }) =>
        highlighted(
          prompt.text.slice(start, end).trimEnd() + " ",
          value / largest,
          `${numberText(value, 3)} ${score.unit}`,
        )
      );
      return `<p class="way">${escapeHtml(name)}</p>\n<p class="text">${marked.join("")}</p>`;
    });
    return `<h3>What ${title} rests on</h3>\n${texts.join("\n")}`;
  });
  return `<h2>${escapeHtml(contextTitle(record))}</h2>
<p class="text">${written.join("")}</p>
<pre>${escapeHtml(textTable(dependenceTable(record)))}</pre>
${shown.join("\n")}
`;
}
