import assert from "node:assert/strict";
import { parse } from "npm:csv-parse@7/sync";
import { agreement } from "../../../src/metrics/agreement.ts";
import { compareCells } from "../../../src/experiment/findings/comparison/compare_cells.ts";
import { findingsOf } from "../../../src/experiment/findings/findings.ts";
import { findingsTable } from "../../../src/experiment/findings/findings_table.ts";
import { resultRow } from "../../../src/experiment/findings/result_row.ts";
import { runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import { closedFormRecord } from "../../explain/closed_form_record.ts";
import { fakeContext, planOf, SWEEP, withDirectory } from "../../explain/fake_model.ts";

const rowsOf = (yaml: string) =>
  planOf(yaml).cells.map((cell) => resultRow(cell, closedFormRecord(cell.text, cell.options)));
const ROWS = rowsOf(SWEEP);
const TRUTH = SWEEP.replace('target: " paints."\n', 'target: " paints."\n    truth: [Austin]\n');
const COMPARE = `compare:
  - name: rules
    across: quadrature
    reference: { quadrature: adaptive }
    top: 3
  - name: baselines
    across: baseline
plots: summary
`;

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
  assert.deepEqual(found, agreement(a.units.values, b.units.values, 3));
  assert.equal(units, a.units.values.length);
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
    ablations.filter((_, i) => i % 2).map((row) => row.units.values.length - 1),
  );
  const { notes } = compareCells(ROWS, { name: "x", across: ["steps"], reference: { quadrature: "riemann-middle" } });
  assert.match(notes[0], /the reference must be one cell, got /);
});

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

Deno.test("runExperiment() writes what it finds as tables, plots and CSV, and draws no cell where told so", () =>
  withDirectory(async (out) => {
    const plan = planOf(TRUTH + COMPARE);
    await runExperiment(plan, fakeContext(), out);
    const read = (name: string) => Deno.readTextFileSync(`${out}/${name}`);
    const csv = (name: string) => parse(read(name), { columns: true }) as Record<string, string>[];
    const plots = Array.from(Deno.readDirSync(`${out}/plots`), ({ name }) => name).filter((name) =>
      name.endsWith("svg")
    );
    assert.deepEqual(plots.sort(), [
      "agreement-baselines.svg",
      "agreement-rules.svg",
      "completeness.svg",
      "distance-rules.svg",
      "stability-baselines.svg",
      "truth.svg",
    ]);
    const summary = read("summary.md");
    for (const name of plots) assert.ok(summary.includes(`(plots/${name})`), name);
    assert.ok(summary.includes("## Against the known causes") && summary.includes("## Not compared"));
    assert.ok(!summary.includes(".bar.svg"));
    assert.equal(csv("agreement.csv").length, 6 + 2 * 3);
    assert.deepEqual(new Set(csv("truth.csv").map(({ prompt }) => prompt)), new Set(["michael"]));
    const results = csv("results.csv");
    assert.deepEqual(
      results.map(({ truth_top }) => truth_top !== ""),
      results.map(({ prompt }) => prompt === "michael"),
    );
    const numbers = csv("findings.csv");
    assert.ok(numbers.some(({ finding, measure }) => finding === "truth" && measure === "largest is a cause"));
    assert.ok(numbers.every(({ mean }) => Number.isFinite(Number(mean))));
  }));

Deno.test("the truth decides nothing that is computed: cells keep their names", () => {
  assert.deepEqual(planOf(TRUTH).cells.map(({ id }) => id), planOf(SWEEP).cells.map(({ id }) => id));
  const measured = planOf(SWEEP.replace("scheme: [delete", "metrics: [deletion]\n    scheme: [delete"));
  assert.equal(planOf(SWEEP).cells.filter(({ id }) => !measured.cells.some((cell) => cell.id === id)).length, 4);
});

Deno.test("a cell whose target lacks a part that the truth names is kept, and the summary says so", () =>
  withDirectory(async (out) => {
    const part = "{target: paints, causes: [Austin]}";
    const generated = SWEEP.replace('target: " paints."\n', `generate: 2\n    truth: [${part}]\n`)
      .replace("tolerance: 0.01", "tolerance: 0.01\n    tokens: true")
      .replace("    steps: [5, 20, 50]", "    steps: 5\n    tokens: true");
    const { failed } = await runExperiment(planOf(generated), fakeContext(), out);
    assert.equal(failed, 0);
    assert.match(
      Deno.readTextFileSync(`${out}/summary.md`),
      /## Not held against the truth\n\n- .*the target must have it once/,
    );
  }));
