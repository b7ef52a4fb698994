import assert from "node:assert/strict";
import { barChart } from "../../../src/report/plot/bar_chart.ts";
import { heatMap } from "../../../src/report/plot/heat_map.ts";
import { partFigure } from "../../../src/report/plot/part_figure.ts";
import { sampleRecord } from "../record_sample.ts";

const RECORD = sampleRecord({ quadrature: "gauss-legendre", steps: 5 });

Deno.test("partFigure() is one figure by itself, and says what a record does not have", () => {
  assert.deepEqual(partFigure(RECORD, "bar"), barChart(RECORD));
  const withMatrix = { ...RECORD, tokenAttribution: RECORD.target.tokens.map(() => RECORD.sequenceAttribution) };
  assert.deepEqual(partFigure(withMatrix, "heat"), heatMap(withMatrix));
  assert.throws(
    () => partFigure({ ...RECORD, tokenAttribution: null }, "heat"),
    /the token attribution must be \[T, L\]/,
  );
  assert.throws(() => partFigure(RECORD, "removal"), /must have the metric deletion or insertion: got neither/);
});
