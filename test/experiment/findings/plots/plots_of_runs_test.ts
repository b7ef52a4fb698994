import assert from "node:assert/strict";
import { parse } from "npm:csv-parse@7/sync";
import { runExperiment } from "../../../../src/experiment/run/run_experiment.ts";
import { fakeContext, planOf, withDirectory } from "../../../explain/fake_model.ts";
import { TRUTH } from "../sample_rows.ts";

const COMPARE = `compare:
  - name: rules
    across: quadrature
    reference: { quadrature: adaptive }
    top: 3
  - name: baselines
    across: baseline
plots: summary
`;

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
