import assert from "node:assert/strict";
import { intervalPlot, type IntervalPoint } from "../../../src/report/plot/interval_plot.ts";
import { renderSvg } from "../../../src/report/plot/render_figure.ts";

const POINT: IntervalPoint = { panel: "error", row: "a", value: 2, low: 1, high: 3, cases: [1, 2, 3] };

/** Counts the marks of a kind in an SVG. */
function countOf(svg: string, role: string): number {
  return svg.match(new RegExp(`aria-roledescription="${role}"`, "g"))?.length ?? 0;
}

Deno.test("intervalPlot() draws a point, an interval and a tick a case, in a column for each measure", async () => {
  const points = ["error", "cost"].flatMap((panel) => ["a", "b"].map((row) => ({ ...POINT, panel, row })));
  const svg = await renderSvg(intervalPlot(points, "title"));
  assert.deepEqual(["point", "rule mark", "tick"].map((role) => countOf(svg, role)), [4, 4, 12]);
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);
  assert.deepEqual(texts.filter((text) => ["error", "cost"].includes(text)), ["error", "cost"]);
});

Deno.test("intervalPlot() draws no interval where there is none, and no ticks of very many cases", async () => {
  const few = { ...POINT, low: null, high: null };
  const many = { ...POINT, row: "b", cases: Array.from({ length: 61 }, (_, i) => i / 20) };
  const svg = await renderSvg(intervalPlot([few, many], "title"));
  assert.deepEqual(["point", "rule mark", "tick"].map((role) => countOf(svg, role)), [2, 1, 3]);
  assert.doesNotMatch(svg, /NaN|Infinity/);
});
