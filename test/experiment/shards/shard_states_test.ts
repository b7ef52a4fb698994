import assert from "node:assert/strict";
import { mergeShards } from "../../../src/experiment/shards/merge_shards.ts";
import { runShard } from "../../../src/experiment/shards/run_shard.ts";
import { shardStates } from "../../../src/experiment/shards/shard_states.ts";
import { runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import { fakeContext, planOf, SWEEP } from "../../explain/fake_model.ts";
import { inScratch } from "../../support/in_scratch.ts";

const PLAN = planOf(`${SWEEP}plots: summary\n`);
const FAILING = fakeContext({ attribute: () => Promise.reject(new Error("Cannot do it")) });

/** Cells that are done, failed and missing, by shard. */
const countsOf = (out: string, plan = PLAN) =>
  shardStates(plan, out, 2).map(({ done, failed, missing }) => [done, failed, missing]);

Deno.test("shardStates() counts records and errors, of which a record counts", () =>
  inScratch(async (out) => {
    assert.deepEqual(countsOf(out), [[0, 0, 8], [0, 0, 10]]);
    await runShard(PLAN, { number: 1, count: 2 }, FAILING, out);
    assert.deepEqual(countsOf(out), [[0, 8, 0], [0, 0, 10]]);
    await runShard(PLAN, { number: 1, count: 2 }, fakeContext(), out);
    assert.deepEqual(countsOf(out), [[8, 0, 0], [0, 0, 10]]);
  }));

Deno.test("shardStates() counts cells with a file each", () =>
  inScratch(async (directory) => {
    await runExperiment(PLAN, fakeContext(), `${directory}/out`);
    assert.deepEqual(countsOf(`${directory}/out`), [[8, 0, 0], [10, 0, 0]]);
  }));

Deno.test("an error that a shard finds again is stored once", () =>
  inScratch(async (out) => {
    const size = () => Deno.statSync(`${out}/records/shard-1-of-2.records`).size;
    await runShard(PLAN, { number: 1, count: 2 }, FAILING, out);
    const before = size();
    await runShard(PLAN, { number: 1, count: 2 }, FAILING, out);
    assert.equal(size(), before);
  }));

Deno.test("a prompt that does not fit has failed, and is missing from no merge", () =>
  inScratch(async (out) => {
    const plan = {
      ...PLAN,
      cells: PLAN.cells.map((cell, i) => i === 0 ? { ...cell, flaw: "rows.csv:3: no target" } : cell),
    };
    const sums = (counts: number[][]) => counts[0].map((_, i) => counts[0][i] + counts[1][i]);
    assert.deepEqual(sums(countsOf(out, plan)), [0, 1, 17]);
    for (const number of [1, 2]) await runShard(plan, { number, count: 2 }, fakeContext(), out);
    assert.deepEqual(sums(countsOf(out, plan)), [17, 1, 0]);
    const { failed, missing } = await mergeShards(plan, out);
    assert.deepEqual([failed, missing], [1, 0]);
  }));
