import assert from "node:assert/strict";
import { filterCells, sortCells } from "../../../../../src/report/page/client/data/filter.ts";
import type { PageColumn } from "../../../../../src/report/page/page_data.ts";

const METHOD: PageColumn = {
  kind: "text",
  name: "method",
  words: ["lime", "IG zero", ""],
  at: [0, 1, 2, 1],
  isSetting: true,
};
const ERROR: PageColumn = { kind: "share", name: "largest error", values: [0.02, null, 0.5, 0.01] };
const SEED: PageColumn = { kind: "text", name: "seed", words: ["10", "9"], at: [0, 1, 0, 1], isSetting: true };
const COLUMNS = [METHOD, ERROR, SEED];

function filtered(query: string, facets = [] as { column: number; word: number }[]): number[] {
  return filterCells(COLUMNS, 4, { query, facets });
}

Deno.test("filterCells() takes words in any case and order, all of which a cell must have", () => {
  assert.deepEqual(filtered(""), [0, 1, 2, 3]);
  assert.deepEqual(filtered("ZERO ig"), [1, 3]);
  assert.deepEqual(filtered("zero 10"), []);
  assert.deepEqual(filtered("9 zero"), [1, 3]);
});

Deno.test("filterCells() takes conditions by the beginning of a column's name, and shares in percent", () => {
  assert.deepEqual(filtered("largesterror>1%"), [0, 2]);
  assert.deepEqual(filtered("largest>=0.01"), [0, 2, 3]);
  assert.deepEqual(filtered("largest<5% zero"), [3], "a cell without a value meets none");
  assert.deepEqual(filtered("unknown>1"), [], "what names no column is a word");
});

Deno.test("filterCells() takes choices of columns", () => {
  assert.deepEqual(filtered("", [{ column: 0, word: 1 }, { column: 2, word: 1 }]), [1, 3]);
  assert.deepEqual(filtered("", [{ column: 0, word: 0 }, { column: 2, word: 1 }]), []);
});

Deno.test("sortCells() sorts numbers and texts by their size, and what is empty last in both directions", () => {
  const all = [0, 1, 2, 3];
  assert.deepEqual(sortCells(all, ERROR, false), [3, 0, 2, 1]);
  assert.deepEqual(sortCells(all, ERROR, true), [2, 0, 3, 1]);
  assert.deepEqual(sortCells(all, SEED, false), [1, 3, 0, 2]);
  assert.deepEqual(sortCells(all, METHOD, true), [0, 1, 3, 2]);
  assert.deepEqual(all, [0, 1, 2, 3]);
});
