import assert from "node:assert/strict";
import { textTable } from "../../../src/report/text/text_table.ts";

Deno.test("textTable() aligns words left and numbers right, wide characters included", () => {
  const table = textTable({ head: ["name", "points", "note"], rows: [["東京", "5", "x"], ["b", "1000", ""]] });
  assert.equal(table, "name  points  note\n東京       5  x\nb       1000\n");
});
