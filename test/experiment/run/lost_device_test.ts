import assert from "node:assert/strict";
import { failuresOf } from "../../../src/experiment/run/cell_outcome.ts";
import { openModel } from "../../../src/experiment/run/open_model.ts";
import { runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import type { RunContext } from "../../../src/experiment/run/run_context.ts";
import { planOf, withDirectory } from "../../explain/fake_model.ts";
import { withOpenedDevices } from "../../support/opened_devices.ts";

const PLAN = planOf(`name: lost
question: What is left when the GPU goes?
prompts:
  - { name: michael, prompt: Michael works as a software engineer, target: " in Austin" }
sweeps:
  - { method: integrated-gradients, baseline: zero, quadrature: riemann-middle, steps: [3, 4, 5] }
  - { method: feature-ablation, scheme: delete }
device: webgpu
`);
/** The cell in whose first run the device is lost. */
const LOST = 2;

/** Opens the model; is told of each cell that begins and of each run that ends. */
function contextOf(onWork: (cell: number) => unknown): RunContext {
  let cell = -1;
  return {
    open: (model, listeners) => openModel(model, listeners),
    onProgress(event) {
      if (event.kind === "begin") cell = event.index;
      if (event.kind === "work") onWork(cell);
    },
  };
}

Deno.test("an experiment whose device is lost keeps the cells that are done, says why others failed, and goes on", () =>
  withDirectory((out) =>
    withOpenedDevices(async (devices) => {
      // The model's, and those of rehearsals.
      const lose = () => devices.forEach((device) => device.destroy());
      const lost = await runExperiment(PLAN, contextOf((cell) => cell === LOST && lose()), out);
      assert.deepEqual(lost.outcomes.map(({ status }) => status), [
        ...Array(LOST).fill("computed"),
        ...Array(PLAN.cells.length - LOST).fill("failed"),
      ]);
      for (const { error } of failuresOf(lost.outcomes)) {
        assert.match(error, /^Cannot use the GPU as its device must stay open: it was lost .*Open the model again/);
      }
      const again = await runExperiment(PLAN, contextOf(() => {}), out);
      assert.deepEqual([again.stored, again.computed, again.failed], [LOST, PLAN.cells.length - LOST, 0]);
      const whole = await runExperiment(PLAN, contextOf(() => {}), `${out}/whole`);
      const rows = ({ outcomes }: typeof whole) =>
        outcomes.map((outcome) => outcome.status === "failed" ? null : outcome.row.sequence.relative);
      assert.deepEqual(rows(again), rows(whole));
    })
  ));
