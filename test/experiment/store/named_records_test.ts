import assert from "node:assert/strict";
import { join } from "node:path";
import { runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import { openNamedRecords } from "../../../src/experiment/store/named_records.ts";
import { fakeContext, planOf, SWEEP } from "../../explain/fake_model.ts";
import { inScratch } from "../../support/in_scratch.ts";

const PLAN = planOf(`${SWEEP}plots: summary\n`);

Deno.test("openNamedRecords() reads records by their cells' names, and says which is damaged", () =>
  inScratch(async (root) => {
    const few = { ...PLAN, cells: PLAN.cells.slice(0, 2) };
    await runExperiment(few, fakeContext(), root);
    await Deno.writeTextFile(join(root, "cells", "damaged.json"), "{");
    const records = openNamedRecords(root);
    const own = few.cells.map(({ id }) => id).sort();
    assert.deepEqual(records.names, ["damaged", ...own].sort());
    for (const { id, key } of few.cells) assert.equal(records.read(id).cell, key);
    assert.throws(() => records.read("damaged"), /Cannot read .*damaged\.json: Cannot read it as it must be JSON/);
    assert.throws(() => records.read("none"), /Cannot read none in .* as it must have a record: got none/);
    records.close();
  }));
