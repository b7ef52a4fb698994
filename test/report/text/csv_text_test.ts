import assert from "node:assert/strict";
import { columnName, csvText, namedColumns } from "../../../src/report/text/csv_text.ts";

Deno.test("csvText() has a header, booleans as words and nothing for null", () => {
  assert.equal(csvText([{ a: true, b: null, c: 'x "y"' }]), 'a,b,c\ntrue,,"x ""y"""\n');
  assert.equal(csvText([{ b: 1, a: 2 }], ["a", "c"]), "a,c\n2,\n");
  assert.equal(csvText([], ["a", "b"]), "a,b\n");
});

Deno.test("columnName() and namedColumns() write keys in snake case", () => {
  assert.equal(columnName("topOverlap"), "top_overlap");
  assert.deepEqual(namedColumns({ cellA: 1, met: true }), { cell_a: 1, met: true });
});
