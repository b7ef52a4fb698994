import assert from "node:assert/strict";
import { throughRows } from "../../../src/report/view/through_rows.ts";
import { throughRecord } from "../through_sample.ts";

Deno.test("throughRows() has the whole, the direct way, each span in reading order, and the rest", () => {
  const record = throughRecord();
  const { total, direct, spans, rest } = record.through!;
  const rows = throughRows(record, 9);
  assert.deepEqual(rows.map(({ label, text }) => [label, text]), [
    ["total", null],
    ["direct", null],
    ["through 1", "a"],
    ["through 2", "dream"],
    ["rest", null],
  ]);
  assert.deepEqual(rows.map(({ values }) => values), [total, direct, spans[0].part, spans[1].part, rest]);
});

Deno.test("throughRows() keeps the spans that most chains pass where there are too many", () => {
  const record = throughRecord();
  const { spans } = record.through!;
  const most = spans[0].reach > spans[1].reach ? "through 1" : "through 2";
  assert.deepEqual(throughRows(record, 1).map(({ label }) => label), ["total", "direct", most, "rest"]);
});

Deno.test("throughRows() has no rest where every token is in a span or the answer", () => {
  const record = throughRecord();
  const through = { ...record.through!, rest: null };
  assert.equal(throughRows({ ...record, through }, 9).at(-1)!.label, "through 2");
});
