import assert from "node:assert/strict";
import { readSubmission, slurmPaths, writeSubmission } from "../../../src/experiment/slurm/submission.ts";
import { inScratch } from "../../support/in_scratch.ts";

const SUBMISSION = {
  count: 4,
  atOnce: null,
  shards: [1, 3],
  array: "70",
  merge: null,
  submitted: "2026-11-30T18:00:00Z",
  overrides: { device: "cpu" as const },
};

Deno.test("readSubmission() reads what writeSubmission() remembers, and null where nothing is", () =>
  inScratch(async (directory) => {
    assert.equal(readSubmission(directory), null);
    await writeSubmission(directory, SUBMISSION);
    const { schema, ...read } = readSubmission(directory) as typeof SUBMISSION & { schema: string };
    assert.deepEqual([schema, read], ["whence.slurm/1", SUBMISSION]);
  }));

Deno.test("readSubmission() names the file and the key of what is none", () =>
  inScratch(async (directory) => {
    await writeSubmission(directory, { ...SUBMISSION, count: 0 });
    const { submission } = slurmPaths(directory);
    assert.throws(() => readSubmission(directory), {
      name: "SyntaxError",
      message: new RegExp(`^Cannot read ${submission} as count must be a submission's: `),
    });
  }));
