import type { ExperimentPlan } from "../../experiment/run/cell.ts";
import { requireOwnDirectory } from "../../experiment/run/own_directory.ts";
import { experimentCommand } from "../../experiment/results/experiment_command.ts";
import { shardStates } from "../../experiment/shards/shard_states.ts";
import { arrayScript, mergeScript } from "../../experiment/slurm/array_script.ts";
import { readSubmission, slurmPaths, type Submission, writeSubmission } from "../../experiment/slurm/submission.ts";
import { isFile } from "../../files/existing_file.ts";
import { writeWhole } from "../../files/whole_file.ts";
import { timestampText } from "../../time/time_text.ts";
import { UsageError, type Values } from "../arguments.ts";
import type { SlurmRequest } from "./slurm_flags.ts";
import { slurmJob } from "./slurm_job.ts";
import { isActive, jobStates, type RunTool } from "./slurm_tools.ts";

/** Services that submitting needs; a test gives its own. */
interface SlurmIo {
  readonly run: RunTool;
  /** Brings a model to this machine, if it is at the hub. */
  fetchModel(source: string): Promise<void>;
  stdout(text: string): void;
}

/**
 * Submits an array of the shards that lack cells, and a merge that begins when it has ended; or prints its scripts.
 * Before that it fetches the models, which tasks then find in the hub's cache without asking the hub.
 *
 * @returns the exit code
 * @throws {UsageError} if the scripts cannot be made of the arguments, or must be there and are not
 * @throws {Error} if jobs of the directory have not ended, a model cannot be fetched, or sbatch refuses
 */
export async function submitJobs(
  plan: ExperimentPlan,
  directory: string,
  request: SlurmRequest,
  values: Values,
  io: SlurmIo,
): Promise<number> {
  requireOwnDirectory(directory, plan.name);
  const before = readSubmission(directory);
  const size = request.size ?? before;
  const paths = slurmPaths(directory);
  if (size === null || request.size === null && !(isFile(paths.array) && isFile(paths.merge))) {
    throw new UsageError(`Cannot submit again as ${directory} must have been submitted: got no jobs; give --slurm N`);
  }
  const scripts = request.size === null ? null : scriptsOf(plan, directory, request.size, request, values);
  if (request.dryRun) {
    for (const name of ["array", "merge"] as const) {
      io.stdout(`# ${paths[name]}\n${scripts?.[name] ?? Deno.readTextFileSync(paths[name])}\n`);
    }
    return 0;
  }
  const shards = shardStates(plan, directory, size.count).filter(({ failed, missing }) => failed + missing > 0)
    .map(({ number }) => number);
  const command = experimentCommand(plan, directory);
  if (shards.length === 0) {
    io.stdout(
      `All ${plan.cells.length} cells are there: nothing is submitted. To make the tables: ${command} --merge\n`,
    );
    return 0;
  }
  if (before !== null) await requireEnded(before, command, io.run);
  for (const source of new Set(plan.cells.map(({ model }) => model.source))) await io.fetchModel(source);
  for (const name of ["array", "merge"] as const) {
    if (scripts === null) continue;
    await writeWhole(paths[name], scripts[name]);
    Deno.chmodSync(paths[name], 0o755);
  }
  const { count, atOnce } = size;
  await submit(directory, { count, atOnce, shards, overrides: plan.overrides }, command, io);
  return 0;
}

function scriptsOf(
  plan: ExperimentPlan,
  directory: string,
  size: NonNullable<SlurmRequest["size"]>,
  request: SlurmRequest,
  values: Values,
): { readonly array: string; readonly merge: string } {
  const job = slurmJob(plan, directory, size, request, values);
  return { array: arrayScript(job), merge: mergeScript(job) };
}

async function submit(
  directory: string,
  given: Pick<Submission, "count" | "atOnce" | "shards" | "overrides">,
  command: string,
  { run, stdout }: SlurmIo,
): Promise<void> {
  const { array: arrayPath, merge: mergePath } = slurmPaths(directory);
  const { count, atOnce, shards } = given;
  const list = shards.length === count ? `1-${count}` : ranges(shards);
  const array = await sbatch(run, [`--array=${list}${atOnce === null ? "" : `%${atOnce}`}`, arrayPath]);
  const submission = { ...given, array, merge: null, submitted: timestampText() };
  await writeSubmission(directory, submission);
  stdout(`Array ${array}: ${shards.length} of ${count} shards lack cells and are submitted\n`);
  const merge = await sbatch(run, [`--dependency=afterany:${array}`, mergePath]);
  await writeSubmission(directory, { ...submission, merge });
  stdout(
    `Merge ${merge}: makes the tables when the array has ended\n` +
      `To see how far it is: ${command} --status\nTo end it: scancel ${array} ${merge}\n`,
  );
}

/** @throws {Error} if it refuses, in its own words */
async function sbatch(run: RunTool, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run("sbatch", ["--parsable", ...args]);
  const [, id] = /^(\d+)(?:;.*)?$/m.exec(stdout) ?? [];
  if (code === 0 && id !== undefined) return id;
  throw new Error(
    `Cannot submit ${args.at(-1)} as sbatch must take it: got ${
      (stderr.trim() || stdout.trim() || `exit code ${code}`).replace(/^sbatch: (?:error: )?/gm, "")
    }`,
  );
}

/** @throws {Error} if some task has not: two of one shard would be in each other's way */
async function requireEnded({ array, merge }: Submission, command: string, run: RunTool): Promise<void> {
  const ids = [array, ...(merge === null ? [] : [merge])];
  const active = (await jobStates(ids, run)).filter(isActive);
  if (active.length === 0) return;
  const counts = [...Map.groupBy(active, ({ state }) => state)].map(([state, jobs]) => `${jobs.length} ${state}`);
  throw new Error(
    `Cannot submit as the jobs ${ids.join(" and ")} of this directory must have ended: got ${
      counts.join(", ")
    }; ${command} --status shows them, scancel ${ids.join(" ")} ends them`,
  );
}

/** Writes numbers as sbatch takes them: 1-3,7. */
function ranges(numbers: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => first === last ? `${first}` : `${first}-${last}`).join(",");
}
