import type { AttributionRecord } from "../explain/record/record.ts";
import { contextSection } from "./html_context.ts";
import { throughSection } from "./html_through.ts";
import { byUnits } from "./view/by_units.ts";
import { amountText } from "./words/amount_text.ts";
import { completenessText } from "./words/completeness_text.ts";
import { isIdle } from "./view/support.ts";
import { methodText } from "./words/method_text.ts";
import { metricsTable } from "./table/metrics_table.ts";
import { recordFigure } from "./plot/record_figure.ts";
import { removalPlot } from "./plot/removal_plot.ts";
import { renderSvg } from "./plot/render_figure.ts";
import { escapeHtml } from "./text/escape_html.ts";
import { recordTable } from "./table/record_table.ts";
import { highlighted } from "./text/highlight.ts";
import { textTable } from "./text/text_table.ts";

const STYLE = `
body { font: 15px/1.6 "DejaVu Sans", Verdana, sans-serif; color: #1a1a1a; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.05rem; margin-top: 2rem; } h3 { font-size: .95rem; }
.text { white-space: pre-wrap; line-height: 2.1; } .text span { padding: .15em 0; border-radius: .2em; }
.frozen { color: #8a8a8a; } .target { border-bottom: 2px solid #808080; } .way { margin-bottom: 0; } .advice { background: #fff6e5; padding: .4em .8em; }
pre { overflow-x: auto; font: 12px/1.35 "DejaVu Sans Mono", Menlo, monospace; } svg { max-width: 100%; height: auto; }
`;

/** One attribution as a page of its own: highlighted prompt, figure and table. It loads nothing from anywhere. */
export async function recordHtml(given: AttributionRecord): Promise<string> {
  const record = byUnits(given);
  const svg = await renderSvg(recordFigure(record));
  const advice = record.advice.map((sentence) => `<p class="advice">${escapeHtml(sentence)}</p>`).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(methodText(record))}: ${escapeHtml(record.model.id)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(methodText(record))}</h1>
<p>${escapeHtml(record.model.id)}: ${escapeHtml(completenessText(record))}</p>
${advice}
<h2>Which prompt tokens made the model write the underlined words</h2>
<p class="text">${highlightedPrompt(record)}<span class="target">${escapeHtml(record.target.text)}</span></p>
${svg.trim()}
${contextSection(given)}${throughSection(record)}${await metricsSection(given)}<h2>Table</h2>
<pre>${escapeHtml(recordTable(record))}</pre>
</body>
</html>
`;
}

/** The metrics with their curves; nothing if none were asked for. */
async function metricsSection(record: AttributionRecord): Promise<string> {
  if (record.metrics === undefined) return "";
  const spec = removalPlot(record);
  const curves = spec === null ? "" : `${(await renderSvg(spec)).trim()}\n`;
  return `<h2>Metrics</h2>\n<pre>${
    escapeHtml(textTable(metricsTable(record.metrics, record.score.unit)))
  }</pre>\n${curves}`;
}

/** The prompt's tokens or units with a background as strong as their share of the largest attribution. */
function highlightedPrompt(record: AttributionRecord): string {
  const largest = Math.max(...record.sequenceAttribution.map(Math.abs)) || 1;
  return record.prompt.tokens.map((token, i) => {
    if (isIdle(record, i)) return highlighted(token.text, null, "frozen");
    const value = record.sequenceAttribution[i];
    return highlighted(token.text, value / largest, amountText(value, record, true));
  }).join("");
}
