import assert from "node:assert/strict";
import { compareCells } from "../../../src/experiment/findings/comparison/compare_cells.ts";
import { findingsOf } from "../../../src/experiment/findings/findings.ts";
import { findingsTable } from "../../../src/experiment/findings/findings_table.ts";
import { rowsOf, TRUTH } from "./sample_rows.ts";

Deno.test("findingsOf() gives means over prompts of agreement, truth and what varies", () => {
  const rows = rowsOf(TRUTH);
  const comparisons = [
    compareCells(rows, { name: "rules", across: ["quadrature"], reference: { quadrature: "adaptive" } }),
    compareCells(rows, { name: "baselines", across: ["baseline"] }),
  ];
  const all = findingsOf(rows, comparisons);
  assert.deepEqual(all.map(({ name }) => name), [
    "truth",
    "agreement-rules",
    "agreement-baselines",
    "stability-baselines",
  ]);
  const { head, rows: table } = findingsTable(all[1]);
  assert.deepEqual(head.slice(0, 3), ["of", "prompts", "Pearson"]);
  assert.deepEqual(table.map(([label]) => label), [
    "integrated-gradients, zero: riemann-middle, steps 5",
    "integrated-gradients, zero: riemann-middle, steps 20",
    "integrated-gradients, zero: riemann-middle, steps 50",
  ]);
  const distances = all[1].findings.filter(({ measure }) => measure === "L1 distance");
  const [first] = comparisons[0].pairs;
  const same = comparisons[0].pairs.filter(({ labels }) => labels[0] === first.labels[0]);
  const mean = same.reduce((sum, pair) => sum + pair.agreement.relativeDistance, 0) / same.length;
  assert.ok(Math.abs(distances[0].mean.value - mean) < 1e-12 && distances[0].mean.clusters === 2);
  const truth = all[0].findings.filter(({ measure }) => measure === "ROC AUC");
  assert.equal(truth.length, rows.filter((row) => row.truth.length > 0).length);
});
