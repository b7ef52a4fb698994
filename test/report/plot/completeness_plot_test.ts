import assert from "node:assert/strict";
import { completenessPlot, type CompletenessPoint } from "../../../src/report/plot/completeness_plot.ts";
import { rasterize, renderSvg } from "../../../src/report/plot/render_figure.ts";

const POINT: CompletenessPoint = {
  prompt: "a",
  path: "zero",
  quadrature: "trapezoid",
  points: 20,
  relative: 0.01,
  certificate: null,
};
const POINTS: CompletenessPoint[] = [
  ...[20, 50, 100].map((points) => ({ ...POINT, points, relative: 1 / points ** 2 })),
  ...[20, 50, 100].map((points) => ({
    ...POINT,
    points,
    quadrature: "gauss-legendre",
    relative: points === 100 ? 0 : 1e-3,
  })),
  { ...POINT, quadrature: "adaptive", points: 37, relative: 1e-3, certificate: 8e-3 },
];

/** Counts the marks of a kind in an SVG. */
function countOf(svg: string, role: string): number {
  return svg.match(new RegExp(`aria-roledescription="${role}"`, "g"))?.length ?? 0;
}

Deno.test("completenessPlot() draws a line for each fixed rule, and adaptive as a point with its certificate", async () => {
  const svg = await renderSvg(completenessPlot(POINTS, "title"));
  assert.equal(countOf(svg, "line mark"), 2);
  assert.equal(countOf(svg, "tick"), 1);
  assert.equal(countOf(svg, "point"), 7);
});

Deno.test("completenessPlot() has a facet for each prompt and path, in the order given", async () => {
  const points = ["b", "a"].flatMap((prompt) => ["zero", "mean"].map((path) => ({ ...POINT, prompt, path })));
  const svg = await renderSvg(completenessPlot(points, "title"));
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);
  assert.deepEqual(texts.filter((text) => ["a", "b"].includes(text)), ["b", "a"]);
  assert.deepEqual(texts.filter((text) => ["zero", "mean"].includes(text)), ["zero", "mean"]);
  assert.equal(countOf(svg, "point"), 4);
});

Deno.test("completenessPlot() draws an error of zero at its lowest and says so", async () => {
  const svg = await renderSvg(completenessPlot(POINTS, "title"));
  assert.match(svg, /errors below 1e−6 % are drawn at 1e−6 %/);
  assert.doesNotMatch(svg, /NaN|Infinity/);
});

Deno.test("completenessPlot() draws a single point of adaptive alone", async () => {
  const svg = await renderSvg(completenessPlot(POINTS.slice(-1), "title"));
  assert.equal(countOf(svg, "point"), 1);
  assert.doesNotMatch(svg, /NaN|Infinity/);
  assert.ok((await rasterize(svg)).length > 1000);
});
