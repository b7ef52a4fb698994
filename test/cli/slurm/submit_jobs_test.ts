import assert from "node:assert/strict";
import { parseConfig } from "../../../src/experiment/config/parse_config.ts";
import { shellWord } from "../../../src/experiment/results/experiment_command.ts";
import type { ExperimentPlan } from "../../../src/experiment/run/cell.ts";
import { planExperiment } from "../../../src/experiment/run/plan_cells.ts";
import { runShard } from "../../../src/experiment/shards/run_shard.ts";
import { slurmRequest, submittedOverrides } from "../../../src/cli/slurm/slurm_flags.ts";
import type { RunTool, ToolEnd } from "../../../src/cli/slurm/slurm_tools.ts";
import { PROGRAM } from "../../../src/cli/invocation.ts";
import { statusText } from "../../../src/cli/slurm/status_text.ts";
import { submitJobs } from "../../../src/cli/slurm/submit_jobs.ts";
import type { Device } from "../../../src/model/load/load_options.ts";
import type { Values } from "../../../src/cli/arguments.ts";
import { fakeContext, SWEEP } from "../../explain/fake_model.ts";
import { inScratch } from "../../support/in_scratch.ts";

const END: ToolEnd = { code: 0, stdout: "", stderr: "" };
const UNKNOWN: ToolEnd = { code: 1, stdout: "", stderr: "slurm_load_jobs error: Invalid job id specified" };

/** A Slurm that gives jobs the numbers 70, 71 … and says of them what it is told to; it has no accounting. */
function fakeSlurm(queue: Readonly<Record<string, string>> = {}, sbatch?: ToolEnd) {
  const submitted: string[] = [];
  const run: RunTool = (name, args) => {
    if (name === "sacct") return Promise.resolve({ ...END, code: 1, stderr: "Slurm accounting storage is disabled" });
    if (name === "squeue") {
      const lines = queue[args[args.indexOf("--jobs") + 1]];
      return Promise.resolve(lines === undefined ? UNKNOWN : { ...END, stdout: lines });
    }
    if (sbatch === undefined) submitted.push(args.join(" "));
    return Promise.resolve(sbatch ?? { ...END, stdout: `${69 + submitted.length};cluster\n` });
  };
  return { run, submitted };
}

/** A sweep of 18 cells in a directory, and its submission by some flags. */
async function withSweep(
  body: (sweep: {
    readonly plan: ExperimentPlan;
    readonly out: string;
    submit(
      values: Values,
      slurm?: ReturnType<typeof fakeSlurm>,
    ): Promise<{ code: number; said: string; models: string[] }>;
  }) => Promise<void>,
): Promise<void> {
  await inScratch(async (directory) => {
    const [file, out] = [`${directory}/trial.yaml`, `${directory}/out`];
    Deno.writeTextFileSync(file, SWEEP);
    const plan = planExperiment(parseConfig(SWEEP, file));
    await body({
      plan,
      out,
      async submit(values, { run } = fakeSlurm()) {
        let said = "";
        const models: string[] = [];
        const io = {
          run,
          fetchModel: (source: string) => Promise.resolve(void models.push(source)),
          stdout: (text: string) => void (said += text),
        };
        const asked = { ...plan, overrides: { device: values.device as Device | undefined } };
        return { code: await submitJobs(asked, out, slurmRequest(values)!, values, io), said, models };
      },
    });
  });
}

Deno.test("submitJobs() fetches the model, writes the scripts and submits an array and a merge behind it", () =>
  withSweep(async ({ plan, out, submit }) => {
    const slurm = fakeSlurm();
    const { code, said, models } = await submit({ slurm: "3%2", sbatch: ["--time=9"], device: "cpu" }, slurm);
    assert.equal(code, 0);
    assert.deepEqual(models, ["embedded"]);
    assert.deepEqual(slurm.submitted, [
      `--parsable --array=1-3%2 ${out}/slurm/array.sh`,
      `--parsable --dependency=afterany:70 ${out}/slurm/merge.sh`,
    ]);
    assert.match(said, /^Array 70: 3 of 3 shards .*\nMerge 71: .*\n.* --status\n.*scancel 70 71\n$/);
    const script = Deno.readTextFileSync(`${out}/slurm/array.sh`);
    assert.match(script, /^#SBATCH --time=9$/m);
    assert.ok(script.includes(`\nexport WHENCE_PROGRAM=${shellWord(PROGRAM)}\n`));
    assert.ok(script.includes(`experiment ${plan.file} --device=cpu --out=${out} --shard "$shard/$count" --threads "`));
    assert.ok(Deno.statSync(`${out}/slurm/array.sh`).mode! & 0o100, "it is executable");
    assert.match(Deno.readTextFileSync(`${out}/slurm/merge.sh`), / --merge\n$/);
    // A directory that has been submitted to is the experiment's own.
    assert.equal((await runShard(plan, { number: 1, count: 3 }, fakeContext(), out)).failed, 0);
  }));

Deno.test("submitJobs() submits only the shards that lack cells, and nothing where none does", () =>
  withSweep(async ({ plan, out, submit }) => {
    for (const number of [2, 3]) await runShard(plan, { number, count: 5 }, fakeContext(), out);
    const slurm = fakeSlurm();
    assert.match((await submit({ slurm: "5" }, slurm)).said, /^Array 70: 3 of 5 shards/);
    assert.match(slurm.submitted[0], /--array=1,4-5 /);
    await runShard(plan, { number: 4, count: 5 }, fakeContext(), out);
    assert.match((await submit({ slurm: "again" }, slurm)).said, /^Array 72: 2 of 5 shards/);
    assert.match(slurm.submitted[2], /--array=1,5 .*array\.sh$/);
    for (const number of [1, 5]) await runShard(plan, { number, count: 5 }, fakeContext(), out);
    assert.match((await submit({ slurm: "again" }, slurm)).said, /^All 18 cells are there: .* --merge\n$/);
    assert.equal(slurm.submitted.length, 4);
  }));

Deno.test("submitJobs() computes cells again that failed", () =>
  withSweep(async ({ plan, out, submit }) => {
    const failing = fakeContext({ attribute: () => Promise.reject(new Error("Cannot do it")) });
    await runShard(plan, { number: 1, count: 2 }, fakeContext(), out);
    await runShard(plan, { number: 2, count: 2 }, failing, out);
    const slurm = fakeSlurm();
    await submit({ slurm: "2" }, slurm);
    assert.match(slurm.submitted[0], /--array=2 /);
  }));

Deno.test("submitJobs() --dry-run prints both scripts, and leaves nothing", () =>
  withSweep(async ({ out, submit }) => {
    const slurm = fakeSlurm();
    const { said, models } = await submit({ slurm: "4", "dry-run": true, setup: ["module load deno"] }, slurm);
    assert.match(said, /^# .*\/slurm\/array\.sh\n#!\/bin\/bash\n[^]*\nmodule load deno\n[^]*\n# .*merge\.sh\n#!/);
    assert.deepEqual([slurm.submitted, models], [[], []]);
    assert.throws(() => Deno.statSync(out), Deno.errors.NotFound);
  }));

Deno.test("submitJobs() refuses while jobs of the directory have not ended", () =>
  withSweep(async ({ submit }) => {
    await submit({ slurm: "4" });
    const queue = { 70: "70_1|COMPLETED|None|1:00|a\n70_2|RUNNING|None|0:30|a\n70_3|PENDING|Priority|0:00|\n" };
    await assert.rejects(submit({ slurm: "4" }, fakeSlurm(queue)), {
      message:
        /the jobs 70 and 71 .* must have ended: got 1 RUNNING, 1 PENDING; .* --status .*, scancel 70 71 ends them/,
    });
    const ended = { 70: "70_1|FAILED|NonZeroExitCode|1:00|a\n70_2|CANCELLED|None|0:30|a\n" };
    assert.equal((await submit({ slurm: "4" }, fakeSlurm(ended))).code, 0);
  }));

Deno.test("submitJobs() tells sbatch's refusal in its own words", () =>
  withSweep(async ({ out, submit }) => {
    const stderr = "sbatch: error: invalid partition specified: none\nsbatch: error: Batch job submission failed\n";
    await assert.rejects(submit({ slurm: "4" }, fakeSlurm({}, { ...END, code: 1, stderr })), {
      message: `Cannot submit ${out}/slurm/array.sh as sbatch must take it: got invalid partition specified: none\n` +
        "Batch job submission failed",
    });
    await assert.rejects(submit({ slurm: "again" }), { name: "UsageError", message: /got no jobs; give --slurm N/ });
  }));

Deno.test("statusText() counts the cells of each shard, with Slurm's word on its task", () =>
  withSweep(async ({ plan, out, submit }) => {
    const { run } = fakeSlurm();
    assert.match(await statusText(plan, out, run), /\n +1 +18 +0 +0 +18\n\n18 cells: 0 done, 0 failed, 18 missing\n$/);
    const failing = fakeContext({ attribute: () => Promise.reject(new Error("Cannot do it")) });
    await runShard(plan, { number: 1, count: 3 }, fakeContext(), out);
    await submit({ slurm: "3" });
    await runShard(plan, { number: 2, count: 3 }, failing, out);
    const queue = {
      70: "70_2|RUNNING|None|0:30|g01\n70_3|PENDING|Priority|0:00|\n",
      71: "71|PENDING|Dependency|0:00|\n",
    };
    const text = await statusText(plan, out, fakeSlurm(queue).run);
    assert.match(text, /^Array 70 of 2 tasks, submitted 20/);
    assert.match(text, /^ +1 +5 +5 +0 +0 +not submitted$/m);
    assert.match(text, /^ +2 +6 +0 +6 +0 +RUNNING +0:30 +g01$/m);
    assert.match(text, /^ +3 +7 +0 +0 +7 +PENDING \(Priority\) +0:00$/m);
    assert.match(text, /^18 cells: 5 done, 6 failed, 7 missing\nMerge 71: PENDING \(Dependency\)\nLogs: .*slurm\n$/m);
    const none: RunTool = () => Promise.reject(new Error("Cannot run squeue"));
    assert.match(
      await statusText(plan, out, none),
      /^Array 70 .*\nCannot run squeue\n[^]* unknown\n[^]*Merge 71: unknown/,
    );
    assert.match(
      await statusText(plan, out, run),
      / ended\n[^]*Merge 71: ended\n[^]*To compute what is left: .* again\n$/,
    );
  }));

for (
  const [values, message] of [
    [{ slurm: "0" }, /--slurm as it must be a number of tasks from 1 to 10000, .* or again: got "0"/],
    [{ slurm: "4%0" }, /got "4%0"/],
    [{ slurm: "4", shard: "1/4" }, /--shard as it must stand without --slurm: got both/],
    [{ slurm: "4", status: true }, /--slurm as it must stand without --status: got both/],
    [{ slurm: "4", plan: true }, /--plan as it must stand without --slurm: got both/],
    [{ sbatch: ["-p gpu"] }, /--sbatch as it must stand beside --slurm N: got none/],
    [{ slurm: "4", sbatch: ["gpu"] }, /^--sbatch: .* options of sbatch, as --partition=gpu: got "gpu"/],
    [{ slurm: "again", setup: ["x"] }, /--setup as --slurm again must stand without it/],
    [{ slurm: "again", threads: "2" }, /--threads as --slurm again must stand without it/],
  ] as [Values, RegExp][]
) {
  Deno.test(`slurmRequest() refuses ${JSON.stringify(values)}`, () => {
    assert.throws(() => slurmRequest(values), { name: "UsageError", message });
  });
}

Deno.test("submittedOverrides() are those of the jobs that are asked for", () =>
  withSweep(async ({ out, submit }) => {
    assert.deepEqual(submittedOverrides({ status: true }, out, { device: "cpu" }), { device: "cpu" });
    await submit({ slurm: "3", device: "cpu" });
    const cpu = { model: undefined, quantize: undefined, device: "cpu" };
    assert.deepEqual(submittedOverrides({ status: true }, out, {}), cpu);
    assert.deepEqual(submittedOverrides({ slurm: "again" }, out, { device: "cpu" }), cpu);
    assert.deepEqual(submittedOverrides({ slurm: "3" }, out, {}), {});
    assert.throws(() => submittedOverrides({ slurm: "again" }, out, { device: "webgpu" }), {
      name: "UsageError",
      message: /--device as --slurm again must have it as it was submitted, cpu: got webgpu; give --slurm N/,
    });
  }));

for (
  const [what, values, message] of [
    ["an image that is not there", { slurm: "2", container: "no.sif" }, /an image that exists, .*: got "no\.sif"/],
    ["a line of --setup that is none", { slurm: "2", setup: ["a\x07b"] }, /--setup as it must be a line of shell/],
  ] as [string, Values, RegExp][]
) {
  Deno.test(`submitJobs() refuses ${what}`, () =>
    withSweep(({ submit }) => assert.rejects(submit(values), { name: "UsageError", message })));
}
