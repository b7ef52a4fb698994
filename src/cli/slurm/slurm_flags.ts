import { sbatchWords } from "../../experiment/slurm/sbatch_options.ts";
import { readSubmission } from "../../experiment/slurm/submission.ts";
import type { PlanOverrides } from "../../experiment/run/cell.ts";
import { MOST_SHARDS } from "../../experiment/shards/shard.ts";
import { shownValue } from "../../files/shown_value.ts";
import { text } from "../argument_values.ts";
import { type Options, UsageError, type Values } from "../arguments.ts";

/** Flags of `experiment` that are about Slurm. */
export const SLURM_OPTIONS = {
  slurm: { type: "string" },
  sbatch: { type: "string", multiple: true, dashes: true },
  "sbatch-merge": { type: "string", multiple: true, dashes: true },
  setup: { type: "string", multiple: true },
  container: { type: "string" },
  "dry-run": { type: "boolean" },
  status: { type: "boolean" },
} as const satisfies Options;

/** Help of them. */
export const SLURM_HELP =
  `  --slurm N[%M]       submit the shards of N that lack cells to Slurm, as an array (at most M at once) and a job that
                      merges when it has ended; a task whose time ends, or that is killed, is queued again
  --slurm again       submit the scripts in DIR/slurm once more
  --sbatch OPTIONS    options of sbatch for both, as "--partition=gpu --gres=gpu:1 --time=8:00:00"; may be repeated
  --sbatch-merge OPTIONS
                      those of the merge, in place of --sbatch; may be repeated
  --setup LINE        a line of shell before the program, as "module load deno"; may be repeated
  --container IMAGE   run the tasks by apptainer exec --nv IMAGE, with this Deno and these directories inside
  --dry-run           print the scripts; write and submit nothing
  --status            count the cells of each shard that are done, failed and missing, and say what Slurm says of its task
`;

/** Jobs that are asked for. */
export interface SlurmRequest {
  /** Null: the scripts that are there. */
  readonly size: { readonly count: number; readonly atOnce: number | null } | null;
  readonly sbatch: { readonly array: readonly string[][]; readonly merge: readonly string[][] };
  readonly setup: readonly string[];
  readonly container: string | undefined;
  readonly dryRun: boolean;
}

const WITH_SLURM = ["sbatch", "sbatch-merge", "setup", "container", "dry-run"] as const;
/** Flags of the program's that stand in the scripts. */
const FIXED = ["threads", "memory", "tuning", "no-cache", "strict"] as const;
/** Flags that ask for something else. */
const ALONE = ["shard", "merge", "plan", "slurm", "status"] as const;

/**
 * Reads the flags about Slurm; null if no jobs are asked for.
 *
 * @throws {UsageError} if one is wrong, or they do not go together
 */
export function slurmRequest(values: Values): SlurmRequest | null {
  const ways = ALONE.filter((name) => values[name] !== undefined && name !== "plan");
  // A plan may be that of a shard.
  const several = values.plan && ways.some((name) => name === "slurm" || name === "status") ? ["plan", ...ways] : ways;
  if (several.length > 1 && several.some((name) => name === "slurm" || name === "status")) {
    throw new UsageError(
      `Cannot use --${several[0]} as it must stand without --${several[1]}: got both`,
    );
  }
  const given = WITH_SLURM.filter((name) => values[name] !== undefined);
  if (values.slurm === undefined) {
    if (given.length > 0) throw new UsageError(`Cannot use --${given[0]} as it must stand beside --slurm N: got none`);
    return null;
  }
  const size = sizeOf(values.slurm);
  const other = [...given, ...FIXED.filter((name) => values[name] !== undefined)]
    .find((name) => size === null && name !== "dry-run");
  if (other !== undefined) {
    throw new UsageError(
      `Cannot use --${other} as --slurm again must stand without it: its scripts are there; give --slurm N to write others`,
    );
  }
  const array = linesOf("sbatch", values);
  const merge = values["sbatch-merge"] === undefined ? array : linesOf("sbatch-merge", values);
  return {
    size,
    sbatch: { array, merge },
    setup: listOf(values.setup),
    container: text("container", values.container),
    dryRun: values["dry-run"] === true,
  };
}

/**
 * Completes settings by those with which the jobs of a directory were submitted, if what is asked for is about these
 * jobs: with others the cells are others.
 *
 * @throws {UsageError} if jobs are to be submitted again that have others
 */
export function submittedOverrides({ slurm, status }: Values, directory: string, given: PlanOverrides): PlanOverrides {
  const submitted = slurm === "again" || status ? readSubmission(directory)?.overrides : undefined;
  if (submitted === undefined) return given;
  for (const name of ["model", "quantize", "device"] as const) {
    if (slurm === undefined || given[name] === undefined || given[name] === submitted[name]) continue;
    throw new UsageError(
      `Cannot use --${name} as --slurm again must have it as it was submitted, ${submitted[name] ?? "without it"}: ` +
        `got ${given[name]}; give --slurm N to write other scripts`,
    );
  }
  const { model, quantize, device } = given;
  return {
    model: model ?? submitted.model,
    quantize: quantize ?? submitted.quantize,
    device: device ?? submitted.device,
  };
}

function sizeOf(value: Values[string]): SlurmRequest["size"] {
  if (value === "again") return null;
  const [, count, atOnce] = /^([1-9]\d*)(?:%([1-9]\d*))?$/.exec(String(value)) ?? [];
  if (count === undefined || Number(count) > MOST_SHARDS) {
    throw new UsageError(
      `Cannot use --slurm as it must be a number of tasks from 1 to ${MOST_SHARDS}, as 16, or with those at once, as ` +
        `16%4, or again: got ${shownValue(value)}`,
    );
  }
  return { count: Number(count), atOnce: atOnce === undefined ? null : Number(atOnce) };
}

function linesOf(name: "sbatch" | "sbatch-merge", values: Values): string[][] {
  try {
    return listOf(values[name]).map(sbatchWords);
  } catch (error) {
    throw new UsageError(`--${name}: ${(error as Error).message}`);
  }
}

function listOf(value: Values[string]): readonly string[] {
  return Array.isArray(value) ? value : [];
}
