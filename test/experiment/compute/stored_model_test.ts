import assert from "node:assert/strict";
import type { ProgressEvent } from "../../../src/experiment/run/progress_event.ts";
import { runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import type { RunContext } from "../../../src/experiment/run/run_context.ts";
import { FAKE_FINGERPRINT, FAKE_IDENTITY } from "../../explain/closed_form_record.ts";
import { fakeContext, planOf, readTree, SWEEP, withDirectory } from "../../explain/fake_model.ts";

const PLAN = planOf(`${SWEEP.replace(/ {2}- name: repeat[^]*(?=sweeps:)/, "")}plots: summary\n`);
const HERE = { fingerprint: FAKE_FINGERPRINT, identity: FAKE_IDENTITY };

/** Runs the plan again, and tells how often the model was opened, how many cells were computed, and the notes. */
async function again(out: string, identify: RunContext["identify"]) {
  const context = fakeContext();
  const events: ProgressEvent[] = [];
  const onProgress = (event: ProgressEvent) => void events.push(event);
  const { computed, stored } = await runExperiment(PLAN, { open: context.open, identify, onProgress }, out);
  const notes = events.flatMap((event) => event.kind === "note" ? [event.text] : []);
  return { opened: context.closed, computed, stored, notes };
}

Deno.test("runExperiment() opens no model whose cells are all there, and writes the same results", () =>
  withDirectory(async (out) => {
    const { computed } = await runExperiment(PLAN, fakeContext(), out);
    const before = await readTree(out);
    assert.deepEqual(await again(out, () => Promise.resolve(HERE)), {
      ...{ opened: 0, computed: 0, stored: computed, notes: [] },
    });
    assert.deepEqual(await readTree(out), before);
    await Deno.remove(`${out}/cells/${PLAN.cells[1].id}.json`);
    assert.deepEqual(await again(out, () => Promise.resolve(HERE)), {
      ...{ opened: 1, computed: 1, stored: computed - 1, notes: [] },
    });
  }));

Deno.test("runExperiment() takes the records of a model that is not here as they are, and says so", () =>
  withDirectory(async (out) => {
    const { computed } = await runExperiment(PLAN, fakeContext(), out);
    const notes = [`the model embedded is not here: its ${computed} stored cells are taken as they are`];
    assert.deepEqual(await again(out, () => Promise.resolve(null)), {
      ...{ opened: 0, computed: 0, stored: computed, notes },
    });
  }));

Deno.test("runExperiment() opens a model that has changed, or that cannot be identified", () =>
  withDirectory(async (out) => {
    await runExperiment(PLAN, fakeContext(), out);
    for (
      const identify of [
        () => Promise.resolve({ ...HERE, identity: "sha256:other" }),
        () => Promise.reject(new Error("Cannot read it")),
      ]
    ) {
      assert.equal((await again(out, identify)).opened, 1);
    }
  }));
