import assert from "node:assert/strict";
import { textTable } from "../../../src/report/text/text_table.ts";

Deno.test("textTable() aligns words left and numbers right, wide characters included", () => {
  const table = textTable({ head: ["name", "points", "note"], rows: [["東京", "5", "x"], ["b", "1000", ""]] });
  assert.equal(table, "name  points  note\n東京       5  x\nb       1000\n");
});

Deno.test("textTable() wraps words into the columns that there are, and keeps numbers whole", () => {
  const rows = [["a first name", "12345", "words that go on and on"], ["b", "6", "short"]];
  assert.equal(
    textTable({ head: ["name", "points", "note"], rows }, 36),
    `name          points  note
a first name   12345  words that go
                      on and on
b                  6  short
`,
  );
});

Deno.test("textTable() puts columns that do not fit below the others, each part with the first column", () => {
  const rows = [["x", "1000000000", "2000000000", "3000000000"]];
  assert.equal(
    textTable({ head: ["cell", "first", "second", "third"], rows }, 28),
    `cell       first      second
x     1000000000  2000000000

cell       third
x     3000000000
`,
  );
});

Deno.test("textTable() repeats the words before the first number in each part", () => {
  const rows = [["x", "one way", "1000000000", "2000000000"], ["x", "another", "3000000000", "4000000000"]];
  assert.equal(
    textTable({ head: ["cell", "path", "first", "second"], rows }, 30),
    `cell  path          first
x     one way  1000000000
x     another  3000000000

cell  path         second
x     one way  2000000000
x     another  4000000000
`,
  );
});
