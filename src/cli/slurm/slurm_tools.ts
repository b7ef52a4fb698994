import { errorText } from "../../files/system_error.ts";

/** End of one of Slurm's programs. */
export interface ToolEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of Slurm's programs, by its name. */
export type RunTool = (name: SlurmTool, args: readonly string[]) => Promise<ToolEnd>;

/** Slurm's programs that are used here; the scripts also use scontrol. */
type SlurmTool = "sbatch" | "squeue" | "sacct";

/**
 * Runs one of Slurm's programs.
 *
 * @throws {Error} if it is not there, or may not be run
 */
export async function runSlurmTool(name: SlurmTool, args: readonly string[]): Promise<ToolEnd> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(name, { args: [...args], stdin: "null" }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new Error(`Cannot run ${name} as --allow-run=sbatch,squeue,sacct must be given to Deno: got no permission`);
    }
    if (error instanceof Deno.errors.NotFound) {
      throw new Error(
        `Cannot run ${name} as Slurm's programs must be in PATH: got no ${name}; run it where jobs are submitted ` +
          "(--dry-run prints the scripts)",
      );
    }
    throw new Error(`Cannot run ${name}: ${errorText(error)}`);
  }
}

/** State of a job, or of a task of an array, as Slurm tells it. */
export interface JobState {
  /** "123", or "123_4" */
  readonly id: string;
  /** "RUNNING", "CANCELLED by 0" */
  readonly state: string;
  /** Reason for which it waits; empty if there is none. */
  readonly reason: string;
  readonly time: string;
  readonly node: string;
}

/** States of the queue's that are ends. */
const ENDS =
  /^(?:BOOT_FAIL|CANCELLED|COMPLETED|DEADLINE|FAILED|NODE_FAIL|OUT_OF_MEMORY|PREEMPTED|REVOKED|TIMEOUT|SPECIAL_EXIT)/;

/** Returns true if a job has not ended. */
export function isActive({ state }: JobState): boolean {
  return !ENDS.test(state);
}

/**
 * Asks for the states of some jobs, of each task: the queue, which forgets what has ended some minutes ago, then
 * accounting, where the cluster has it.
 */
export async function jobStates(ids: readonly string[], run: RunTool): Promise<JobState[]> {
  const states = new Map<string, JobState>();
  // One by one: the queue refuses a list of which it knows none.
  for (const id of ids) {
    const queue = await run("squeue", ["--noheader", "--array", "--states=all", "--jobs", id, "-o", "%i|%T|%r|%M|%N"]);
    if (queue.code === 0) add(queue.stdout, ([id, state, reason, time, node]) => ({ id, state, reason, time, node }));
    else if (!/invalid job id/i.test(queue.stderr)) throw new Error(`Cannot ask squeue: ${queue.stderr.trim()}`);
    // Without accounting it says so, and there is no more to know.
    const accounts = await run("sacct", ["-n", "-P", "-X", "-j", id, "-o", "JobID,State,Elapsed,NodeList"])
      .catch(() => null);
    if (accounts?.code === 0) {
      add(accounts.stdout, ([id, state, time, node]) => ({ id, state, reason: "", time, node }));
    }
  }
  return [...states.values()];

  function add(text: string, parse: (fields: string[]) => JobState): void {
    for (const line of text.split("\n").filter((line) => line.includes("|"))) {
      const state = parse(line.split("|"));
      if (state.reason === "None") states.set(state.id, { ...state, reason: "" });
      else if (!states.has(state.id)) states.set(state.id, state);
    }
  }
}
