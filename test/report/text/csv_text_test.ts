import assert from "node:assert/strict";
import { parse } from "npm:csv-parse@7/sync";
import { columnName, csvText, namedColumns } from "../../../src/report/text/csv_text.ts";

Deno.test("csvText() has a header, booleans as words and nothing for null", () => {
  assert.equal(csvText([{ a: true, b: null, c: 'x "y"' }]), 'a,b,c\ntrue,,"x ""y"""\n');
  assert.equal(csvText([{ b: 1, a: 2 }], ["a", "c"]), "a,c\n2,\n");
  assert.equal(csvText([], ["a", "b"]), "a,b\n");
});

Deno.test("csvText() puts an apostrophe before texts that begin a formula, names of columns too, and leaves numbers", () => {
  const texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠1"];
  const rows = parse(csvText(texts.map((text) => ({ text, number: -1.5e-7, plain: `a${text}` }))), { columns: true });
  assert.deepEqual(
    rows,
    texts.map((text) => ({ text: `'${text}`, number: "-1.5e-7", plain: `a${text}` })),
  );
  assert.equal(csvText([{ "=a": -1 }]), "'=a\n-1\n");
  assert.equal(csvText([{ a: [-1, -2] }]), 'a\n"[-1,-2]"\n');
});

Deno.test("columnName() and namedColumns() write keys in snake case", () => {
  assert.equal(columnName("topOverlap"), "top_overlap");
  assert.deepEqual(namedColumns({ cellA: 1, met: true }), { cell_a: 1, met: true });
});
