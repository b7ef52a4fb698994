import assert from "node:assert/strict";
import { completenessPivot } from "../../../src/experiment/findings/summary/completeness_pivot.ts";
import { summaryText } from "../../../src/experiment/findings/summary/summary_text.ts";
import { modelColumns } from "../../../src/experiment/findings/varying_columns.ts";
import { resultRow } from "../../../src/experiment/findings/result_row.ts";
import { closedFormRecord } from "../../explain/closed_form_record.ts";
import { planOf } from "../../explain/fake_model.ts";
import { rowsOf } from "./sample_rows.ts";

/** A sweep of one prompt. */
const sweep = (models: string, method: string) =>
  `name: trial
question: What varies?
${models}prompts:
  - { name: olga, prompt: Olga paints in Rome every day, target: " she" }
sweeps:
  - ${method}
`;
const WINDOWS = "{ method: occlusion, scheme: zero, window: [1, 2, 3] }";
const STEPS = "{ method: integrated-gradients, quadrature: riemann-middle, steps: [5, 20] }";

Deno.test("completenessPivot() has windows, and tolerances, as columns, a cell in each place", () => {
  const { head, rows } = completenessPivot(rowsOf(sweep("", WINDOWS)));
  assert.deepEqual(head, ["prompt", "path", "rule", "window", "error (points)"]);
  assert.deepEqual(rows.map((row) => row[3]), ["1", "2", "3"]);
  assert.ok(rows.every((row) => !row.at(-1)!.includes(";")));
  const adaptive = completenessPivot(rowsOf(sweep("", "{ method: integrated-gradients, tolerance: [0.1, 0.2] }")));
  assert.deepEqual(adaptive.rows.map((row) => row[adaptive.head.indexOf("tolerance")]), ["0.1", "0.2"]);
});

Deno.test("completenessPivot() has columns for the steps of quadratures alone", () => {
  const others = [
    "{ method: secant, steps: [1, 4] }",
    "{ method: secant }",
    "{ method: discretized-integrated-gradients, steps: 20 }",
  ];
  const [parts, both, words] = others.map((other) => completenessPivot(rowsOf(sweep("", `${STEPS}\n  - ${other}`))));
  assert.deepEqual(parts.head.slice(2), ["rule", "steps", "5", "20", "error (points)"]);
  assert.deepEqual(parts.rows.map((row) => row.slice(2, 4)), [["riemann-middle", ""], ["secant", "1"], [
    "secant",
    "4",
  ]]);
  for (const { head, rows } of [both, words]) {
    assert.deepEqual(head.slice(2), ["rule", "5", "20", "error (points)"]);
    assert.ok(rows.length === 2 && rows[1].slice(3, 5).every((text) => text === ""), "no error below another's steps");
    assert.match(rows[1][5], / \(\d+\)$/);
    assert.ok(rows[0].slice(3, 5).every((text) => / %$/.test(text)) && rows[0][5] === "");
  }
});

Deno.test("completenessPivot() has models and quantizations as columns where there are several", () => {
  const { head, rows } = completenessPivot(rowsOf(sweep("model: [embedded, chains]\nquantize: [none, nf4]\n", STEPS)));
  assert.deepEqual(head, ["prompt", "model", "quantize", "path", "rule", "5", "20", "error (points)"]);
  assert.deepEqual(rows.map((row) => row.slice(1, 3).join(" ")), [
    ...["embedded none", "embedded nf4", "chains none", "chains nf4"],
  ]);
  assert.ok(rows.every((row) => !row.some((text) => text.includes(";"))));
});

Deno.test("summaryText() has the model and what varies in each prompt's table", () => {
  const plan = planOf(sweep("model: [embedded, chains]\n", WINDOWS));
  const outcomes = plan.cells.map((cell) => ({
    ...{ cell, status: "computed" as const, row: resultRow(cell, closedFormRecord(cell.text, cell.options)) },
  }));
  const text = summaryText(plan, outcomes, "out", false);
  assert.match(text, /^\| cell \| model \| objective \| path or scheme \| rule \| window \| points \|/m);
  assert.equal(text.match(/^\| \[[0-9a-f]{8}\].* \| chains \| .* \| 2 \| /gm)?.length, 1);
  assert.deepEqual(modelColumns(plan.cells).map(({ head }) => head), ["model"]);
});
