import assert from "node:assert/strict";
import { isActive, jobStates, type RunTool } from "../../../src/cli/slurm/slurm_tools.ts";
import { runCliProcess } from "../../support/run_cli.ts";
import { inScratch } from "../../support/in_scratch.ts";

const end = (stdout: string, stderr = "", code = 0) => Promise.resolve({ code, stdout, stderr });

Deno.test("jobStates() takes accounting's word on what the queue has forgotten", async () => {
  const run: RunTool = (name) =>
    name === "squeue"
      ? end("5_1|RUNNING|None|1:00|a\n5_2|PENDING|Resources|0:00|\n")
      : end("5_1|PENDING|0:00|\n5_3|CANCELLED by 0|2:00|b\n5_4|TIMEOUT|9:00|b\n");
  const states = await jobStates(["5"], run);
  assert.deepEqual(states.map(({ id, state, reason, node }) => [id, state, reason, node].join("/")), [
    "5_1/RUNNING//a",
    "5_2/PENDING/Resources/",
    "5_3/CANCELLED by 0//b",
    "5_4/TIMEOUT//b",
  ]);
  assert.deepEqual(states.map(isActive), [true, true, false, false]);
});

Deno.test("jobStates() knows nothing of jobs that are long gone, and says why the queue cannot be asked", async () => {
  const gone: RunTool = () => end("", "slurm_load_jobs error: Invalid job id specified", 1);
  assert.deepEqual(await jobStates(["5"], gone), []);
  const down: RunTool = () => end("", "slurm_load_jobs error: Unable to contact slurm controller\n", 1);
  await assert.rejects(jobStates(["5"], down), {
    message: /^Cannot ask squeue: .*Unable to contact slurm controller$/,
  });
});

Deno.test("experiment --slurm says where Slurm must be, and keeps its scripts", () =>
  inScratch(async (directory) => {
    const yaml = "prompts: [{ name: a, prompt: b c, target: ' d' }]\nname: x\nsweeps: [{ method: input-x-gradient }]\n";
    Deno.writeTextFileSync(`${directory}/x.yaml`, yaml);
    const args = ["experiment", "x.yaml", "--slurm", "2", "--sbatch", "--time=1"];
    const { code, stderr } = await runCliProcess(args, { PATH: directory }, [], directory);
    assert.deepEqual([code, stderr], [
      1,
      "error: Cannot run sbatch as Slurm's programs must be in PATH: got no sbatch; run it where jobs are submitted " +
      "(--dry-run prints the scripts)\n",
    ]);
    assert.match(Deno.readTextFileSync(`${directory}/results/x/slurm/array.sh`), /^#SBATCH --time=1$/m);
  }));
