import assert from "node:assert/strict";
import { cellFields } from "../../../../src/experiment/findings/report/cell_fields.ts";
import { reportOf } from "../../../../src/experiment/findings/report/report_of.ts";
import { resultRow } from "../../../../src/experiment/findings/result_row.ts";
import type { Findings } from "../../../../src/experiment/findings/findings.ts";
import { type CellOutcome, rowsOf } from "../../../../src/experiment/run/cell_outcome.ts";
import { percentText } from "../../../../src/report/text/number_text.ts";
import { createReportPage } from "../../../../src/report/page/report_page.ts";
import { closedFormRecord } from "../../../explain/closed_form_record.ts";
import { planOf, SWEEP } from "../../../explain/fake_model.ts";
import { openPage } from "../../../report/page/open_page.ts";

const PLAN = planOf(SWEEP);
const RECORDS = PLAN.cells.map((cell) => closedFormRecord(cell.text, cell.options));
const OUTCOMES: CellOutcome[] = PLAN.cells.map((cell, i) => ({
  cell,
  status: "computed",
  row: resultRow(cell, RECORDS[i]),
}));
const NOTHING = { comparisons: [], findings: [], distances: [] };

Deno.test("a report has a row for each cell, columns for what varies, and shows a cell with a matrix first", async () => {
  const page = createReportPage();
  rowsOf(OUTCOMES).forEach((row, i) => page.add({ id: row.cell.id, record: RECORDS[i], fields: cellFields(row) }));
  const html = page.end(reportOf(PLAN, OUTCOMES, "out", NOTHING, new Map()));
  const { index } = await openPage(html);
  assert.deepEqual(index.ids, PLAN.cells.map(({ id }) => id));
  const names = index.columns.map(({ name }) => name);
  for (
    const name of ["prompt", "setting", "Σ", "gap", "error", "κ", "top token", "method", "baseline", "steps"]
  ) {
    assert.ok(names.includes(name), name);
  }
  for (const name of ["met", "model", "quantize", "ROC AUC", "infidelity"]) assert.ok(!names.includes(name), name);
  assert.ok(rowsOf(OUTCOMES)[index.first].hasMatrix);
  const sums = index.columns.find(({ name }) => name === "Σ");
  assert.ok(sums?.kind === "number");
  rowsOf(OUTCOMES).forEach(({ sum }, i) => assert.ok(Math.abs(sums.values[i]! - sum) <= 1e-5 * Math.abs(sum)));
  assert.ok(html.indexOf(PLAN.question.slice(0, 20)) < html.indexOf('id="cells"'), "the question comes first");
});

Deno.test("reportOf() puts failures and findings before the cells, with intervals on one axis a measure", () => {
  const mean = { value: 0.5, low: 0.25, high: 0.75, clusters: 3, values: 6 };
  const findings: Findings = {
    ...{ name: "truth", title: "Against the known causes" },
    findings: [
      { label: "ig", measure: "precision", mean, cases: [] },
      { label: "lime", measure: "precision", mean: { ...mean, value: 0.75, low: null, high: null }, cases: [] },
      { label: "ig", measure: "infidelity", mean: { ...mean, value: 8, low: 4, high: 16 }, cases: [] },
    ],
  };
  const failed: CellOutcome = { cell: PLAN.cells[0], status: "failed", error: "Cannot work" };
  const report = reportOf(PLAN, [failed, ...OUTCOMES.slice(1)], "out", { ...NOTHING, findings: [findings] }, new Map());
  const errors = rowsOf(OUTCOMES.slice(1)).flatMap(({ cell, sequence }) =>
    cell.options.method === "feature-ablation" ? [] : [sequence.relative!]
  ).sort((a, b) => a - b);
  const { value } = report.figures.find(({ label }) => label.startsWith("median completeness error"))!;
  assert.ok(errors.length > 0 && value === percentText(errors[errors.length >> 1]), value);
  assert.deepEqual(report.answer.map(({ title }) => title), ["Failed cells", "Against the known causes"]);
  const { intervals } = report.answer[1];
  assert.deepEqual(intervals!.head, ["of", "prompts", "precision", "infidelity"]);
  assert.deepEqual(intervals!.rows, [
    ["ig", "3", { text: "0.5", range: "0.25 … 0.75", mean: 0.5, low: 0.25, high: 0.75 }, {
      ...{ text: "8", range: "4 … 16" },
      ...{ mean: 0.5, low: 0.25, high: 1 },
    }],
    ["lime", "3", { text: "0.75", range: "", mean: 0.75, low: null, high: null }, ""],
  ]);
  assert.deepEqual(report.figures[0], { value: "0.75", label: "precision: lime, the best of 2" });
  assert.deepEqual(report.figures[1], { value: "17 of 18", label: "cells done" });
});
