import assert from "node:assert/strict";
import { medianPoints } from "../../../../src/experiment/findings/plots/median_points.ts";
import { plotCompleteness } from "../../../../src/experiment/findings/plots/plot_completeness.ts";
import { openResultStore } from "../../../../src/experiment/run/result_store.ts";
import { inScratch } from "../../../support/in_scratch.ts";
import { ROWS } from "../sample_rows.ts";

const point = (prompt: number, points: number, relative: number, quadrature = "trapezoid") => ({
  ...{ prompt: `p${prompt}`, path: "baseline zero", quadrature, points, relative },
  certificate: quadrature === "adaptive" ? 2 * relative : null,
});

Deno.test("medianPoints() leaves few points as they are", () => {
  const few = Array.from({ length: 200 }, (_, i) => point(i, 5, i));
  assert.deepEqual(medianPoints(few), few);
});

Deno.test("medianPoints() takes the median over prompts of each rule and number of points", () => {
  const prompts = Array.from({ length: 101 }, (_, i) => i);
  const many = prompts.flatMap((i) => [point(i, 5, i), point(i, 10, i / 2), point(i, 17 + i, i / 4, "adaptive")]);
  const shared = { prompt: "all", path: "baseline zero, median of 101 prompts" };
  assert.deepEqual(medianPoints(many), [
    { ...shared, quadrature: "trapezoid", points: 5, relative: 50, certificate: null },
    { ...shared, quadrature: "trapezoid", points: 10, relative: 25, certificate: null },
    { ...shared, quadrature: "adaptive", points: 67, relative: 12.5, certificate: 25 },
  ]);
});

Deno.test("plotCompleteness() draws the medians of many cells in one facet", () =>
  inScratch(async (directory) => {
    const store = await openResultStore(directory, "trial");
    const rows = Array.from({ length: 40 }, (_, i) =>
      ROWS.map((row) => ({ ...row, cell: { ...row.cell, prompt: `p${i}` } })));
    assert.equal(await plotCompleteness(store, rows.flat(), "trial"), true);
    const svg = await Deno.readTextFile(`${directory}/plots/completeness.svg`);
    assert.match(svg, /median of 40 prompts/);
    assert.doesNotMatch(svg, />p39</);
    store.close();
  }));
