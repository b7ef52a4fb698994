import { createHash } from "node:crypto";
import { dirname, isAbsolute, resolve } from "node:path";
import type { ExperimentPlan } from "../../experiment/run/cell.ts";
import type { SlurmJob } from "../../experiment/slurm/array_script.ts";
import { statIfThere } from "../../files/existing_file.ts";
import { onFile } from "../../files/system_error.ts";
import { UsageError, type Values } from "../arguments.ts";
import { containerBinds, programWords, taskEnvironment } from "./program_words.ts";
import type { SlurmRequest } from "./slurm_flags.ts";

/** Flags of this command that its tasks get as they were given. */
const PASSED = ["model", "quantize", "device", "threads", "memory", "tuning", "no-cache", "strict"] as const;

/**
 * Describes an experiment as jobs that call this program as it was called.
 *
 * @param directory of the results
 * @throws {UsageError} if a path cannot stand in a script, or the container is not there
 */
export function slurmJob(
  plan: ExperimentPlan,
  directory: string,
  { count, atOnce }: NonNullable<SlurmRequest["size"]>,
  { sbatch, setup, container }: SlurmRequest,
  values: Values,
): SlurmJob {
  const cwd = Deno.cwd();
  const out = resolve(directory);
  // Not to be taken for a flag.
  const file = plan.file.startsWith("-") ? `./${plan.file}` : plan.file;
  const bytes = onFile("read", plan.file, () => Deno.readFileSync(plan.file));
  const flags = PASSED.flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [value === true ? `--${name}` : `--${name}=${value}`];
  });
  const job = {
    name: plan.name,
    count,
    atOnce,
    sbatch,
    setup: setup.map(scriptLine),
    container: container === undefined
      ? null
      : { image: containerImage(container), binds: binds(plan, [cwd, out, resolve(dirname(plan.file))]) },
    command: [...programWords(), "experiment", file, ...flags, `--out=${directory}`],
    threadsByCpus: values.threads === undefined,
    cwd,
    config: { file, sha256: createHash("sha256").update(bytes).digest("hex") },
    out,
    environment: taskEnvironment(),
  };
  for (const path of [cwd, out, plan.file, ...Object.values(job.environment)]) requireLine(path);
  if (out.includes("\\")) throw pathRefusal("without a backslash, which Slurm's patterns of logs take", out);
  return job;
}

/** Directories that the tasks must see, those of models on this machine among them. */
function binds(plan: ExperimentPlan, others: readonly string[]): string[] {
  const models = [...new Set(plan.cells.map(({ model }) => model.source))].flatMap((source) => {
    const found = statIfThere(source);
    return found === null ? [] : [found.isDirectory ? source : dirname(source)];
  });
  const all = containerBinds([...others, ...models]);
  const strange = all.find((path) => /[:,]/.test(path));
  if (strange !== undefined) throw pathRefusal("without colon and comma, as apptainer binds it", strange);
  return all;
}

function containerImage(image: string): string {
  requireLine(image);
  if (!image.includes("://") && statIfThere(image) === null) {
    throw new UsageError(
      `Cannot use --container as it must be an image that exists, or have its scheme, as docker://: got ${
        JSON.stringify(image)
      }`,
    );
  }
  return isAbsolute(image) || image.includes("://") ? image : `./${image}`;
}

function scriptLine(line: string): string {
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(line)) {
    throw new UsageError(`Cannot use --setup as it must be a line of shell: got ${JSON.stringify(line)}`);
  }
  return line;
}

/** A script is made of lines, and so is what Slurm reads of it. */
function requireLine(text: string): void {
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x1f\x7f]/.test(text)) throw pathRefusal("without control characters", text);
}

function pathRefusal(wanted: string, got: string): UsageError {
  return new UsageError(`Cannot use a path in a job as it must be ${wanted}: got ${JSON.stringify(got)}`);
}
