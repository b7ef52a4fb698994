import assert from "node:assert/strict";
import { parseShard, shardCount, shardWorker } from "../../../src/experiment/shards/shard.ts";

const none = () => undefined;
const env = (values: Readonly<Record<string, string>>) => (name: string) => values[name];

Deno.test("parseShard() reads K/N", () => {
  assert.deepEqual(parseShard("3/16", none), { number: 3, count: 16 });
  assert.deepEqual(parseShard("1/1", none), { number: 1, count: 1 });
});

for (const text of ["0/4", "5/4", "1/0", "3", "/4", "3/", "a/4", "1/4/2", "-1/4", "1.5/4", "1/99999", "", "env/x"]) {
  Deno.test(`parseShard() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseShard(text, none), { name: "RangeError", message: /must be K\/N/ });
  });
}

const SLURM = (id: string, min: string, max: string, count: string, step = "1") => ({
  ...{ SLURM_ARRAY_TASK_ID: id, SLURM_ARRAY_TASK_MIN: min, SLURM_ARRAY_TASK_MAX: max },
  ...{ SLURM_ARRAY_TASK_COUNT: count, SLURM_ARRAY_TASK_STEP: step },
});

for (
  const [what, text, values, shard] of [
    ["its own variable", "env", { WHENCE_SHARD: "2/5", SGE_TASK_ID: "9" }, "2/5"],
    ["Slurm's array from 1", "env", SLURM("3", "1", "16", "16"), "3/16"],
    ["Slurm's array from 0", "env/16", SLURM("3", "0", "15", "16"), "4/16"],
    ["Slurm's array in steps", "env", SLURM("5", "1", "9", "3", "4"), "2/3"],
    [
      "Grid Engine",
      "env",
      { SGE_TASK_ID: "4", SGE_TASK_FIRST: "2", SGE_TASK_LAST: "8", SGE_TASK_STEPSIZE: "2" },
      "2/4",
    ],
    ["LSF", "env", { LSB_JOBINDEX: "7", LSB_JOBINDEX_END: "8", LSB_JOBINDEX_STEP: "1" }, "7/8"],
    ["PBS", "env/8", { PBS_ARRAY_INDEX: "8" }, "8/8"],
    ["Torque", "env/8", { PBS_ARRAYID: "1" }, "1/8"],
    ["AWS Batch", "env", { AWS_BATCH_JOB_ARRAY_INDEX: "2", AWS_BATCH_JOB_ARRAY_SIZE: "4" }, "3/4"],
    ["Google Cloud's Batch", "env", { BATCH_TASK_INDEX: "0", BATCH_TASK_COUNT: "3" }, "1/3"],
    ["GNU parallel", "env/16", { PARALLEL_SEQ: "16" }, "16/16"],
    ["Kubernetes, which counts from 0", "env/8", { JOB_COMPLETION_INDEX: "0" }, "1/8"],
    ["Slurm where an empty variable of another is set", "env", {
      ...SLURM("1", "1", "2", "2"),
      SGE_TASK_ID: "undefined",
    }, "1/2"],
  ] as const
) {
  Deno.test(`parseShard() takes the numbers of ${what}`, () => {
    const { number, count } = parseShard(text, env(values));
    assert.equal(`${number}/${count}`, shard);
  });
}

for (
  const [what, text, values, message] of [
    ["nothing", "env/4", {}, /one of WHENCE_SHARD, SLURM_ARRAY_TASK_ID, .* must be set for env: got none/],
    ["no count", "env", { JOB_COMPLETION_INDEX: "0" }, /JOB_COMPLETION_INDEX tells none: got env, give it as env\/16/],
    [
      "a number from 0 where it starts at 1",
      "env/4",
      { PBS_ARRAY_INDEX: "0" },
      /got PBS_ARRAY_INDEX=0, of tasks from 1/,
    ],
    ["a number behind the last", "env/4", { JOB_COMPLETION_INDEX: "4" }, /got JOB_COMPLETION_INDEX=4.* for 4 shards/],
    // Its first task is not the first of 16, and would compute the cells of another.
    [
      "an array of some tasks again",
      "env/16",
      SLURM("7", "3", "7", "2", "4"),
      /a task for each of 16.*give the shard as K\/16/,
    ],
    [
      "an array with gaps",
      "env",
      SLURM("5", "1", "9", "3"),
      /a task for each of 9, numbered in order: got 3 from 1 to 9/,
    ],
    ["a variable of its own that says otherwise", "env/4", { WHENCE_SHARD: "1/5" }, /WHENCE_SHARD="1\/5"/],
    ["a variable of its own that is none", "env", { WHENCE_SHARD: "1" }, /got WHENCE_SHARD="1"/],
  ] as const
) {
  Deno.test(`parseShard() refuses an environment with ${what}`, () => {
    assert.throws(() => parseShard(text, env(values)), { name: "RangeError", message });
  });
}

Deno.test("shardWorker() names files that sort by number, and tell the number of shards", () => {
  assert.equal(shardWorker({ number: 3, count: 16 }), "shard-03-of-16");
  assert.equal(shardCount(shardWorker({ number: 3, count: 16 })), 16);
  assert.equal(shardCount("main"), null);
});
