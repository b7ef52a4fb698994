import { join } from "node:path";
import type { ExperimentPlan } from "../../experiment/run/cell.ts";
import { experimentCommand } from "../../experiment/results/experiment_command.ts";
import { shardsLeft } from "../../experiment/shards/missing_cells.ts";
import { type ShardState, shardStates } from "../../experiment/shards/shard_states.ts";
import { SLURM_FOLDER } from "../../experiment/slurm/array_script.ts";
import { readSubmission, type Submission } from "../../experiment/slurm/submission.ts";
import { textTable } from "../../report/text/text_table.ts";
import { terminalWidth } from "../output/terminal.ts";
import { isActive, type JobState, jobStates, type RunTool } from "./slurm_tools.ts";

/** Shards up to which all are listed; of more, those that are not complete. */
const MOST_LISTED = 32;

/** Tells how far the shards of an experiment are, and Slurm's word on their tasks, if it has any. */
export async function statusText(plan: ExperimentPlan, directory: string, run: RunTool): Promise<string> {
  const submission = readSubmission(directory);
  const shards = shardStates(plan, directory, submission?.count ?? shardsLeft(directory));
  const [jobs, unasked] = submission === null ? [null, null] : await askSlurm(submission, run);
  const sum = (key: "done" | "failed" | "missing") => shards.reduce((total, shard) => total + shard[key], 0);
  const lines = [
    ...(submission === null ? [] : [
      `Array ${submission.array} of ${submission.shards.length} tasks, submitted ${submission.submitted}`,
    ]),
    ...(unasked === null ? [] : [unasked]),
    table(shards, submission, jobs),
    `${plan.cells.length} cells: ${sum("done")} done, ${sum("failed")} failed, ${sum("missing")} missing`,
    ...(submission === null ? [] : [mergeLine(submission, jobs), `Logs: ${join(directory, SLURM_FOLDER)}`]),
  ];
  const idle = jobs !== null && !jobs.some(isActive);
  if (sum("failed") + sum("missing") > 0 && submission !== null && idle) {
    lines.push(`To compute what is left: ${experimentCommand(plan, directory)} --slurm again`);
  }
  return `${lines.join("\n")}\n`;
}

async function askSlurm({ array, merge }: Submission, run: RunTool): Promise<[JobState[] | null, string | null]> {
  try {
    return [await jobStates([array, ...(merge === null ? [] : [merge])], run), null];
  } catch (error) {
    return [null, (error as Error).message];
  }
}

function table(shards: readonly ShardState[], submission: Submission | null, jobs: readonly JobState[] | null): string {
  const listed = shards.length <= MOST_LISTED ? shards : shards.filter(({ cells, done }) => done < cells);
  const rows = listed.map(({ number, cells, done, failed, missing }) => {
    const counts = [number, cells, done, failed, missing].map(String);
    return submission === null ? counts : [...counts, ...taskTexts(number, submission, jobs)];
  });
  const head = ["shard", "cells", "done", "failed", "missing"];
  const hidden = shards.length - listed.length;
  return textTable(
    { head: submission === null ? head : [...head, "task", "time", "node"], rows },
    terminalWidth(),
  ) + (hidden === 0 ? "" : `and ${hidden} shards whose cells are all done\n`);
}

function taskTexts(shard: number, { array, shards }: Submission, jobs: readonly JobState[] | null): string[] {
  if (!shards.includes(shard)) return ["not submitted", "", ""];
  const job = jobs?.find(({ id }) => id === `${array}_${shard}`);
  return [stateText(job, jobs !== null), job?.time ?? "", job?.node ?? ""];
}

function mergeLine({ merge }: Submission, jobs: readonly JobState[] | null): string {
  if (merge === null) return "Merge: not submitted";
  return `Merge ${merge}: ${stateText(jobs?.find(({ id }) => id === merge), jobs !== null)}`;
}

/** @param asked false: Slurm could not be asked */
function stateText(job: JobState | undefined, asked: boolean): string {
  if (job === undefined) return asked ? "ended" : "unknown";
  const { state, reason } = job;
  return reason === "" || state === "RUNNING" ? state : `${state} (${reason})`;
}
