import assert from "node:assert/strict";
import { forecastCells, isSampled } from "../../../src/experiment/foretell/forecast_cells.ts";
import type { Forecast } from "../../../src/experiment/foretell/forecast.ts";
import type { Cell } from "../../../src/experiment/run/cell.ts";
import { planOf } from "../../explain/fake_model.ts";

/** Cells of one setting, of prompts of 1 … n characters. */
function cellsOf(n: number): readonly Cell[] {
  const prompts = Array.from({ length: n }, (_, i) => `  - { name: p${i}, prompt: ${"x".repeat(i + 1)}, target: y }\n`);
  return planOf(`name: t\nprompts:\n${prompts.join("")}sweeps: [{ method: saliency }]\n`).cells;
}

/** As many rows as characters, of those that are asked for. */
function foreteller(refuses: (characters: number) => boolean = () => false) {
  const asked: number[] = [];
  const forecast = ({ text: { prompt } }: Cell): Promise<Forecast> => {
    asked.push(prompt.length);
    if (refuses(prompt.length)) return Promise.reject(new RangeError(`got ${prompt.length}`));
    const range = [prompt.length, 2 * prompt.length] as const;
    return Promise.resolve({ pathPoints: range, forwardRows: range, backwardRows: range, work: range, bytes: range });
  };
  return { asked, forecast };
}

Deno.test("forecastCells() rehearses each of few cells", async () => {
  const [cells, { asked, forecast }] = [cellsOf(20), foreteller()];
  const foretell = forecastCells(cells, forecast);
  for (const cell of cells) assert.deepEqual((await foretell(cell)).work[0], cell.text.prompt.length);
  assert.equal(asked.length, 20);
  assert.equal(isSampled(cells), false);
});

Deno.test("forecastCells() rehearses five of many cells by their length, and puts the others between them", async () => {
  const [cells, { asked, forecast }] = [cellsOf(41), foreteller()];
  const foretell = forecastCells(cells, forecast);
  for (const cell of cells.toReversed()) {
    const { prompt: { length } } = cell.text;
    assert.deepEqual((await foretell(cell)).forwardRows, [length, 2 * length]);
  }
  assert.deepEqual(asked, [1, 11, 21, 31, 41]);
  assert.equal(isSampled(cells), true);
});

Deno.test("forecastCells() leaves out a sample that cannot be rehearsed, and fails where none can", async () => {
  const cells = cellsOf(41);
  const some = forecastCells(cells, foreteller((characters) => characters > 30).forecast);
  assert.deepEqual((await some(cells[40])).work, [21, 42]);
  const none = forecastCells(cells, foreteller(() => true).forecast);
  await assert.rejects(none(cells[0]), /got 41/);
});
