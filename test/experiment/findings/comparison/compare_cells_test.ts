import assert from "node:assert/strict";
import { parse } from "npm:csv-parse@7/sync";
import { agreement } from "../../../../src/metrics/agreement.ts";
import { compareCells } from "../../../../src/experiment/findings/comparison/compare_cells.ts";
import { SWEEP } from "../../../explain/fake_model.ts";
import { cellPairsCsv } from "../../../../src/experiment/findings/comparison/cell_pairs_csv.ts";
import { ROWS, rowsOf } from "../sample_rows.ts";

Deno.test("compareCells() compares cells that differ in nothing else, and what depends on it, with the reference", () => {
  const { pairs, notes, stabilities, across } = compareCells(ROWS, {
    name: "rules",
    across: ["quadrature"],
    reference: { quadrature: "adaptive" },
    top: 3,
  });
  assert.deepEqual(across, ["quadrature", "steps", "tolerance", "budget"]);
  // 2 prompts × 3 steps of the zero baseline; the mean baseline has no adaptive cell, ablation none at all.
  assert.deepEqual(pairs.map(({ prompt, where, labels }) => [prompt, where, ...labels]).slice(0, 3), [
    ["michael", "integrated-gradients, zero", "riemann-middle, steps 5", "adaptive"],
    ["michael", "integrated-gradients, zero", "riemann-middle, steps 20", "adaptive"],
    ["michael", "integrated-gradients, zero", "riemann-middle, steps 50", "adaptive"],
  ]);
  assert.equal(pairs.length, 6);
  const [{ a, b, agreement: found, units }] = pairs;
  assert.deepEqual(found, agreement(a.units!.values, b.units!.values, 3));
  assert.equal(units, a.units!.values.length);
  assert.ok(notes.every((note) => note.endsWith("no cell is the reference")) && notes.length === 6, notes.join("\n"));
  assert.deepEqual(stabilities, []);
});

Deno.test("compareCells() without a reference compares each two and says how much they vary", () => {
  const { pairs, stabilities } = compareCells(ROWS, { name: "steps", across: ["steps"] });
  // 2 prompts × 2 baselines × 3 pairs of steps
  assert.equal(pairs.length, 12);
  assert.equal(stabilities.length, 4);
  assert.ok(stabilities.every(({ stability }) => stability.runs === 3 && stability.sameSign === 1));
  assert.ok(pairs.every(({ agreement }) => Math.abs(agreement.spearman - 1) < 1e-12 && agreement.relativeDistance > 0));
});

Deno.test("compareCells() looks at units that are free in both, and refuses an ambiguous reference", () => {
  const rows = rowsOf(SWEEP.replace('scheme: [delete, "token:0"]', "freeze: [[], [first]]"));
  const ablations = rows.filter(({ cell }) => cell.options.method === "feature-ablation");
  const { pairs } = compareCells(ablations, { name: "sink", across: ["freeze"] });
  assert.deepEqual(
    pairs.map(({ units }) => units),
    ablations.filter((_, i) => i % 2).map((row) => row.units!.values.length - 1),
  );
  const { notes } = compareCells(ROWS, { name: "x", across: ["steps"], reference: { quadrature: "riemann-middle" } });
  assert.match(notes[0], /the reference must be one cell, got /);
});

Deno.test("cellPairsCsv() has a row for each pair, with the cost of its first cell", () => {
  const comparison = compareCells(ROWS, { name: "steps", across: ["steps"] });
  const rows = parse(cellPairsCsv([comparison]), { columns: true }) as Record<string, string>[];
  assert.equal(rows.length, comparison.pairs.length);
  const [{ a }] = comparison.pairs;
  assert.deepEqual([rows[0].comparison, rows[0].cell_a], ["steps", a.cell.id]);
  assert.equal(Number(rows[0].path_points_a), a.cost.pathPoints);
});
