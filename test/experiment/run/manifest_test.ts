import assert from "node:assert/strict";
import { isManifestDue } from "../../../src/experiment/run/manifest.ts";
import type { ProgressEvent } from "../../../src/experiment/run/progress_event.ts";
import { runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import { fakeContext, planOf, SWEEP, withDirectory } from "../../explain/fake_model.ts";

/** One prompt is enough here. */
const SMALL = SWEEP.replace(/ {2}- name: repeat[^]*(?=sweeps:)/, "");
const PLAN = planOf(SMALL);

Deno.test("isManifestDue() after each of few cells, and after each sixteenth of many", () => {
  for (const cells of [1, 3, 16]) {
    for (let ended = 1; ended <= cells; ended++) assert.ok(isManifestDue(ended - 1, ended, cells));
  }
  for (const cells of [17, 1600, 12345]) {
    const due = Array.from({ length: cells }, (_, i) => i + 1).filter((ended) =>
      isManifestDue(ended - 1, ended, cells)
    );
    assert.equal(due.length, 16);
    assert.equal(due.at(-1), cells);
  }
  assert.ok(isManifestDue(0, 500, 1600), "a model's cells that end at once");
});

Deno.test("runExperiment() writes a manifest so often that all writes are linear in the cells", () =>
  withDirectory(async (out) => {
    const steps = Array.from({ length: 320 }, (_, i) => i + 1).join(", ");
    const plan = planOf(SMALL.replace("[5, 20, 50]", `[${steps}]`).replace("[zero, mean]", "zero"));
    const seen = new Set<number>();
    let least = 0;
    const onProgress = (event: ProgressEvent) => {
      if (event.kind !== "end") return;
      const { cells } = JSON.parse(Deno.readTextFileSync(`${out}/manifest.json`));
      const ended = cells.filter(({ status }: { status: string }) => status !== "pending").length;
      seen.add(ended);
      least = Math.max(least, event.index + 1 - ended);
    };
    const { open } = fakeContext();
    await runExperiment(plan, { open, onProgress }, out);
    assert.ok(seen.size <= 17, `it was written ${seen.size} times`);
    assert.ok(least <= plan.cells.length / 16 + 1, `it was ${least} cells late`);
    const { ended, cells } = JSON.parse(await Deno.readTextFile(`${out}/manifest.json`));
    assert.ok(ended !== null && cells.every(({ status }: { status: string }) => status === "computed"));
  }));

Deno.test("runExperiment() says in the manifest that it goes on, from the first cell on, also in a folder of results", () =>
  withDirectory(async (out) => {
    await runExperiment(PLAN, fakeContext(), out);
    const ends: unknown[] = [];
    const onProgress = (event: ProgressEvent) => {
      if (event.kind === "begin") ends.push(JSON.parse(Deno.readTextFileSync(`${out}/manifest.json`)).ended);
    };
    await runExperiment(PLAN, { open: fakeContext().open, onProgress }, out);
    assert.deepEqual(new Set(ends), new Set([null]));
  }));
