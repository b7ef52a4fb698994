import { basename, dirname, join } from "node:path";
import { workerPaths } from "../store/record_index.ts";
import { shellWord } from "../results/experiment_command.ts";
import { shardWorker } from "../shards/shard.ts";
import { sbatchLine } from "./sbatch_options.ts";

/** An experiment as jobs of Slurm. */
export interface SlurmJob {
  /** Of the experiment. */
  readonly name: string;
  /** Tasks of the array, a shard each. */
  readonly count: number;
  /** Tasks that may run at once; null: as many as the cluster lets. */
  readonly atOnce: number | null;
  /** Lines of options for sbatch, by words: of the array, and of the merge. */
  readonly sbatch: { readonly array: readonly string[][]; readonly merge: readonly string[][] };
  /** Lines of shell that come before the program. */
  readonly setup: readonly string[];
  readonly container: { readonly image: string; readonly binds: readonly string[] } | null;
  /** Words that run the program, `experiment`, its file and its options, but for those of a shard. */
  readonly command: readonly string[];
  /** True if the number of threads is the task's number of CPUs. */
  readonly threadsByCpus: boolean;
  /** Directory from which paths count. */
  readonly cwd: string;
  /** Configuration, as it is named, and the SHA-256 of its bytes. */
  readonly config: { readonly file: string; readonly sha256: string };
  /** Output directory, absolute. */
  readonly out: string;
  /** Variables that every task has, too. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Folder of the output directory with the scripts, their logs, and the jobs' numbers. */
export const SLURM_FOLDER = "slurm";

/** Seconds before the end of its time at which a task is told, and for which the cell under way may still end. */
const [NOTICE, GRACE] = [90, 60];

/** Writes the script of the array, whose task K computes shard K. */
export function arrayScript(job: SlurmJob): string {
  const { name, count, atOnce, out, sbatch } = job;
  const { records } = workerPaths(out, workerPattern(count));
  return [
    "#!/bin/bash",
    sbatchLine([`--job-name=${jobName(name)}`]),
    sbatchLine([`--array=1-${count}${atOnce === null ? "" : `%${atOnce}`}`]),
    sbatchLine([`--output=${logPattern(out, "%A_%a.log")}`]),
    "#SBATCH --open-mode=append --requeue",
    // A signal of its own: SIGTERM comes from scancel, too, after which nothing may be queued again.
    `#SBATCH --signal=B:USR1@${NOTICE}`,
    ...sbatch.array.map(sbatchLine),
    "",
    ...commonLines(job),
    `count=${count}`,
    "shard=${SLURM_ARRAY_TASK_ID:?it is the number of the shard}",
    `printf -v records '%s/${basename(records)}' ${shellWord(dirname(records))} "$shard"`,
    BODY.replace("GRACE", String(GRACE)).replace(
      "COMMAND",
      () => `${commandText(job)} --shard "$shard/$count"${threadsText(job)}`,
    ),
  ].join("\n");
}

/** Writes the script of the job that makes the tables, when the array has ended. */
export function mergeScript(job: SlurmJob): string {
  return [
    "#!/bin/bash",
    sbatchLine([`--job-name=${jobName(job.name)}-merge`]),
    sbatchLine([`--output=${logPattern(job.out, "merge_%j.log")}`]),
    "#SBATCH --open-mode=append --requeue",
    ...job.sbatch.merge.map(sbatchLine),
    "",
    ...commonLines(job),
    `${commandText(job)} --merge`,
    "",
  ].join("\n");
}

const BODY = `
say() { echo "$(date '+%F %T') shard $shard/$count: $*"; }
bytes_stored() { { wc -c < "$records"; } 2> /dev/null || echo 0; }

child='' near_end='' cancelled=''
stop() { if [ -n "$child" ]; then kill -TERM "$child" 2> /dev/null || true; fi; }
trap 'near_end=yes; say "its time ends soon: stopping"; stop' USR1
trap 'cancelled=yes; say "asked to end"; stop' TERM INT

before=$(bytes_stored)
say "on $(hostname), start \$((\${SLURM_RESTART_COUNT:-0} + 1))"
COMMAND &
child=$!
if [ -n "$near_end$cancelled" ]; then stop; fi
code=0
wait "$child" || code=$?
if [ -n "$near_end$cancelled" ]; then
  # One that hangs is not waited for: what it has stored is safe.
  for ((left = GRACE; left > 0; left--)); do
    kill -0 "$child" 2> /dev/null || break
    sleep 1
  done
  kill -KILL "$child" 2> /dev/null || true
  code=0
  wait "$child" || code=$?
fi

case $code in
  0 | 1 | 2 | 3)
    say "ended with $code"
    exit "$code"
    ;;
esac
# Slurm itself queues again what it preempts, or loses with a node.
if [ -n "$cancelled" ]; then exit 143; fi
if [ "$(bytes_stored)" -le "$before" ]; then
  say "ended with $code before any cell was done, so it is not queued again: give it more time or memory"
  exit "$code"
fi
say "ended with $code: queued again, to go on from what is stored"
scontrol requeue "$SLURM_JOB_ID"
`;

function commonLines({ cwd, config, environment, setup, container }: SlurmJob): string[] {
  return [
    "set -euo pipefail",
    `cd ${shellWord(cwd)}`,
    `config=${shellWord(config.file)}`,
    "# A configuration that has changed since would deal other cells to the tasks that start later.",
    `if [ "$(sha256sum < "$config")" != '${config.sha256}  -' ]; then`,
    '  echo "Cannot run as $config must be as it was when it was submitted: got another content; submit it again" >&2',
    "  exit 2",
    "fi",
    ...Object.entries(environment).map(([name, value]) => `export ${name}=${shellWord(value)}`),
    // Modules and environments ask for variables that nobody has set.
    ...(setup.length === 0 ? [] : ["set +u", ...setup, "set -u"]),
    ...(container === null ? [] : [
      "container=$(command -v apptainer || command -v singularity) || {",
      '  echo "Cannot run as apptainer must be there: got neither it nor singularity; --setup may load it" >&2',
      "  exit 127",
      "}",
    ]),
  ];
}

function commandText({ command, container }: SlurmJob): string {
  const words = command.map(shellWord).join(" ");
  if (container === null) return words;
  const binds = container.binds.map((path) => `--bind ${shellWord(path)}`).join(" ");
  return `"$container" exec --nv ${binds} ${shellWord(container.image)} ${words}`;
}

/** Other tasks of the node have its other cores. */
function threadsText({ threadsByCpus }: SlurmJob): string {
  return threadsByCpus ? ' --threads "${SLURM_CPUS_ON_NODE:-1}"' : "";
}

/** Name of a shard's files, for printf. */
function workerPattern(count: number): string {
  return shardWorker({ number: 1, count }).replace(/\d+/, `%0${String(count).length}d`);
}

/** A path of logs, in which a percent sign has a meaning. */
function logPattern(out: string, name: string): string {
  return `${join(out, SLURM_FOLDER).replaceAll("%", "%%")}/${name}`;
}

function jobName(name: string): string {
  return `whence-${name.replace(/[^\w.-]+/g, "-")}`;
}
