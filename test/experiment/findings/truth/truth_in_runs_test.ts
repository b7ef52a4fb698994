import assert from "node:assert/strict";
import { runExperiment } from "../../../../src/experiment/run/run_experiment.ts";
import { fakeContext, planOf, SWEEP, withDirectory } from "../../../explain/fake_model.ts";
import { TRUTH } from "../sample_rows.ts";

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
