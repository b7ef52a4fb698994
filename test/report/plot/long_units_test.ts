import assert from "node:assert/strict";
import { barChart } from "../../../src/report/plot/bar_chart.ts";
import { heatMap } from "../../../src/report/plot/heat_map.ts";
import { hasLongUnits } from "../../../src/report/plot/long_units.ts";
import { recordFigure } from "../../../src/report/plot/record_figure.ts";
import { renderSvg } from "../../../src/report/plot/render_figure.ts";
import { sampleRecord } from "../record_sample.ts";

const SENTENCES = [
  "Michael works as a software engineer in Austin, Texas.",
  " His parents moved there from a small town in the middle of Ohio many, many years ago, when he was a child of two.",
  " Olga paints in Rome.",
];
const BASE = sampleRecord({ quadrature: "gauss-legendre", steps: 5 });

/** A record of units with these texts. */
function record(texts: readonly string[]) {
  const sequence = texts.map((_, i) => i - 0.5);
  return {
    ...BASE,
    prompt: { ...BASE.prompt, tokens: texts.map((text, id) => ({ id, text, frozen: false })) },
    sequenceAttribution: sequence,
    tokenAttribution: BASE.target.tokens.map(() => sequence),
    completeness: { ...BASE.completeness, entryError: null },
  };
}

Deno.test("plots of sentences have whole sentences beside bars and columns, and nothing empty between them", async () => {
  const long = record(SENTENCES);
  const heights = await Promise.all([recordFigure(long), barChart(long), heatMap(long)].map(async (spec) => {
    const svg = await renderSvg(spec);
    const words = svg.replace(/<[^>]*>/g, " ");
    for (const word of SENTENCES.join("").split(/\s+/)) assert.ok(words.includes(word), `${word} in the picture`);
    assert.ok(!words.includes("…"));
    return Number(/height="(\d+)"/.exec(svg)![1]);
  }));
  for (const height of heights) assert.ok(height < 330, `${height} pixels high`);
});

Deno.test("hasLongUnits() is about most units, not about one long token", () => {
  assert.equal(hasLongUnits(record(SENTENCES)), true);
  assert.equal(hasLongUnits(record(["-".repeat(60), ..."abcd"])), false);
});

Deno.test("labels that are cut leave no empty room beneath them", async () => {
  const heights = [20, 400].map(async (length) => {
    const svg = await renderSvg(barChart(record(["-".repeat(length), ..."abcdefgh"])));
    return Number(/height="(\d+)"/.exec(svg)![1]);
  });
  const [short, cut] = await Promise.all(heights);
  assert.ok(cut - short < 40, `${short} and ${cut} pixels high`);
});
