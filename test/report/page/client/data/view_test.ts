import assert from "node:assert/strict";
import { scalesOf } from "../../../../../src/report/page/client/data/scales.ts";
import {
  columnValues,
  differenceOf,
  errorOf,
  rowValues,
  viewOf,
} from "../../../../../src/report/page/client/data/view.ts";
import { amountOf, largestFirst, quoted } from "../../../../../src/report/page/client/data/words.ts";
import { pageCell } from "../../../../../src/report/page/page_cell.ts";
import type { AttributionRecord } from "../../../../../src/explain/record/record.ts";
import { sampledRecord, sampleRecord } from "../../../record_sample.ts";

function viewOfRecord(record: AttributionRecord, division: "tokens" | "units" = "tokens") {
  const { cell, text } = pageCell(record);
  return viewOf({ ...cell, text: 0 }, text, division);
}

Deno.test("viewOf() has rows, columns and errors of tokens or units", () => {
  const record = sampledRecord();
  const [tokens, units] = [viewOfRecord(record), viewOfRecord(record, "units")];
  assert.deepEqual([tokens.columns.length, units.columns.length], [
    record.prompt.tokens.length,
    record.units!.prompt.length,
  ]);
  assert.deepEqual(rowValues(units, 1), record.units!.attribution![1]);
  assert.deepEqual(rowValues(units, null), record.units!.sequence);
  assert.deepEqual(columnValues(units, 3), record.units!.attribution!.map((row) => row[3]));
  assert.deepEqual([errorOf(tokens, 1, 2), errorOf(units, 1, 2), errorOf(units, null, 2)], [0.004, null, 0.03]);
});

Deno.test("differenceOf() subtracts what has the same texts and units, and says why where it cannot", () => {
  const [record, other] = [sampleRecord({ tokens: true }), sampleRecord({ tokens: true, baseline: "mean" })];
  const [a, b] = [viewOfRecord(record), viewOfRecord(other)];
  const difference = differenceOf(a, b);
  assert.ok(typeof difference !== "string");
  assert.deepEqual(difference.matrix![1], a.matrix![1].map((value, i) => value - b.matrix![1][i]));
  assert.deepEqual(difference.sequence, a.sequence.map((value, i) => value - b.sequence[i]));
  assert.match(String(differenceOf(a, viewOfRecord(sampleRecord({ tokens: true }, "go to <b> & to bed")))), /prompts/);
  const longer = {
    ...record,
    target: { text: "x", tokens: record.target.tokens.map((token) => ({ ...token, text: "x" })) },
  };
  assert.match(
    String(differenceOf(a, viewOfRecord({ ...longer, target: { ...longer.target, text: ' b "cream".' } }))),
    /targets/,
  );
  assert.match(String(differenceOf(a, { ...b, unit: "probability" })), /different kinds/);
});

Deno.test("scalesOf() has the largest of a row and a column, or of all entries where one scale is shared", () => {
  const view = { ...viewOfRecord(sampleRecord({ tokens: true })), matrix: [[1, -2], [3, 4]], sequence: [4, 2] };
  assert.deepEqual(scalesOf([view], { row: null, column: null, isShared: false }), { prompt: 4, target: 0 });
  assert.deepEqual(scalesOf([view], { row: 0, column: 0, isShared: false }), { prompt: 2, target: 3 });
  assert.deepEqual(scalesOf([view], { row: 0, column: 0, isShared: true }), { prompt: 4, target: 4 });
  const other = { ...view, matrix: [[-9, 0], [0, 0]] };
  assert.deepEqual(scalesOf([view, other], { row: 0, column: 0, isShared: false }), { prompt: 9, target: 9 });
});

Deno.test("words of the page have signs, errors and units, and the largest first", () => {
  const view = { ...viewOfRecord(sampleRecord({ tokens: true })), sequence: [-1.23456, 2, 0], errors: [0.0456, 0, 0] };
  assert.equal(amountOf(view, null, 0), "−1.23 ± 0.046 nats");
  assert.deepEqual(largestFirst([1, -3, 0, 2], 2, new Set([3])), [1, 0]);
  assert.equal(quoted(" a\n"), "“a↵”");
  assert.equal(quoted("x".repeat(99)), `“${"x".repeat(59)}…”`);
});
