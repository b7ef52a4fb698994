import assert from "node:assert/strict";
import { recordTable } from "../../../src/report/table/record_table.ts";
import { spanTable, throughTable } from "../../../src/report/table/through_table.ts";
import { percentText } from "../../../src/report/text/number_text.ts";
import { sampleRecord } from "../record_sample.ts";
import { throughRecord } from "../through_sample.ts";

Deno.test("throughTable() has a row for each token that is not frozen and a column for each way", () => {
  const record = throughRecord({ freeze: ["first"] });
  const { head, rows } = throughTable(record, 200);
  assert.deepEqual(head, ["#", "token", "total", "direct", "through 1", "through 2", "rest"]);
  assert.deepEqual(rows.map(([i]) => Number(i)), [1, 2, 3, 4, 5, 6, 7]);
  assert.equal(rows[0][2], percentText(record.through!.total[1]));
});

Deno.test("throughTable() has one span where there is room for no more", () => {
  assert.equal(throughTable(throughRecord(), 40).head.length, 6);
});

Deno.test("spanTable() has the share of chains that pass each span, and its text", () => {
  const record = throughRecord();
  const [first] = record.through!.spans;
  const [row] = spanTable(record).rows;
  assert.deepEqual([row[0], row[1], row[4]], ["1", percentText(first.reach), "a"]);
});

Deno.test("recordTable() shows chains where they were followed, and nothing of them elsewhere", () => {
  const text = recordTable(throughRecord({ shares: "signed" }));
  assert.match(text, /\nchains to the answer “"\.”, signed shares\n/);
  assert.match(text, /\nthrough +passed by +read +last step +text\n/);
  assert.doesNotMatch(recordTable(sampleRecord({ tokens: true })), /chains|through/);
});
