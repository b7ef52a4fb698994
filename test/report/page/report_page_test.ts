import assert from "node:assert/strict";
import { createCellStore } from "../../../src/report/page/cell_store.ts";
import { pageCell } from "../../../src/report/page/page_cell.ts";
import { scriptJson } from "../../../src/report/page/page_shell.ts";
import { createReportPage, type Report } from "../../../src/report/page/report_page.ts";
import type { CellField } from "../../../src/report/page/table_columns.ts";
import { sampleRecord } from "../record_sample.ts";
import { openPage } from "./open_page.ts";

const EVIL = "</script><script>alert(1)</script>\u2028<img onerror=alert(1)>";

const REPORT: Report = {
  ...{ title: EVIL, question: EVIL, first: "b" },
  figures: [{ value: EVIL, label: EVIL }],
  facts: [[EVIL, { code: EVIL }]],
  answer: [{
    title: EVIL,
    intervals: { head: [EVIL], rows: [[EVIL, { text: EVIL, range: EVIL, mean: 0.5, low: 0.25, high: null }]] },
    svg: '<svg><text fill="#1a1a1a">x</text></svg>',
  }],
  after: [{ title: EVIL, text: EVIL, table: { head: [EVIL], rows: [[EVIL]] }, lines: [[EVIL]], command: EVIL }],
};

function fields(prompt: string, sum: number | null): CellField[] {
  return [
    { kind: "text", name: "prompt", value: prompt, isSetting: true },
    { kind: "text", name: "same", value: "always", isSetting: true },
    { kind: "text", name: "some", value: prompt === "a" ? "only here" : "", isSetting: true },
    { kind: "number", name: "Σ", value: sum },
    { kind: "share", name: "κ", value: null },
  ];
}

Deno.test("a report holds each text once and leaves out columns that tell nothing", async () => {
  const page = createReportPage();
  ["a", "b", EVIL].forEach((id, i) =>
    page.add({ id, record: sampleRecord({}, i < 2 ? "one" : EVIL), fields: fields(id, i === 0 ? null : i) })
  );
  const { index, cells } = await openPage(page.end(REPORT));
  assert.deepEqual(index.ids, ["a", "b", EVIL]);
  assert.deepEqual([index.textOf, index.texts.length, index.first], [[0, 0, 1], 2, 1]);
  assert.deepEqual(index.columns.map(({ name }) => name), ["prompt", "Σ"]);
  assert.deepEqual(index.columns[1], { kind: "number", name: "Σ", values: [null, 1, 2] });
  assert.equal(cells[2].text.prompt.join(""), EVIL);
});

Deno.test("no text of a report ends the element that it stands in, or makes one", () => {
  const page = createReportPage();
  page.add({ id: EVIL, record: sampleRecord({}, EVIL), fields: fields(EVIL, 1) });
  const html = page.end(REPORT);
  assert.equal(html.match(/<script/g)!.length, 3, "the index, the cells and the code");
  assert.doesNotMatch(html, /<img/);
  assert.doesNotMatch(html.slice(html.indexOf("<script")), /\u2028/);
  assert.ok(html.includes('fill="var(--ink)"'), "a plot has the page's colours");
  assert.deepEqual(JSON.parse(scriptJson({ a: EVIL })), { a: EVIL });
});

Deno.test("createCellStore() leaves out matrices once the cells are too large, and says of how many", () => {
  const { cell, text } = pageCell(sampleRecord({ tokens: true }));
  const whole = createCellStore();
  whole.add(cell, text);
  const { cells: [length], cut } = whole.end();
  assert.equal(cut, 0);
  const store = createCellStore(Math.ceil(1.5 * length));
  for (let i = 0; i < 3; i++) store.add(cell, text);
  const end = store.end();
  assert.equal(end.cut, 2);
  assert.ok(end.cells[0] === length && end.cells[1] < length);
});
