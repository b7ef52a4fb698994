/** One of several workers, which share the cells of an experiment. */
export interface Shard {
  /** From 1 on. */
  readonly number: number;
  readonly count: number;
}

/** Most workers; their cells are counted at each end of one. */
export const MOST_SHARDS = 10_000;

/** Environment, as `Deno.env.get` reads it. */
type Environment = (name: string) => string | undefined;

/** A scheduler's numbering of the tasks of an array. */
interface ArrayNumbering {
  /** Variable with a task's own number. */
  readonly own: string;
  /** Number of the first task: a variable, with a value where it is not set. */
  readonly first: readonly [variable: string | null, usual: number];
  /** Number of the last task, if the scheduler tells. */
  readonly last?: string;
  /** Number of all tasks; of Slurm's, which may lack some in between. */
  readonly count?: string;
  /** From one number to the next. */
  readonly step?: string;
}

/** Slurm, Grid Engine, LSF, PBS and Torque, Kubernetes, AWS Batch, Google Cloud's Batch, GNU parallel. */
const NUMBERINGS: readonly ArrayNumbering[] = [
  {
    own: "SLURM_ARRAY_TASK_ID",
    first: ["SLURM_ARRAY_TASK_MIN", 0],
    last: "SLURM_ARRAY_TASK_MAX",
    count: "SLURM_ARRAY_TASK_COUNT",
    step: "SLURM_ARRAY_TASK_STEP",
  },
  { own: "SGE_TASK_ID", first: ["SGE_TASK_FIRST", 1], last: "SGE_TASK_LAST", step: "SGE_TASK_STEPSIZE" },
  { own: "LSB_JOBINDEX", first: [null, 1], last: "LSB_JOBINDEX_END", step: "LSB_JOBINDEX_STEP" },
  { own: "PBS_ARRAY_INDEX", first: [null, 1] },
  { own: "PBS_ARRAYID", first: [null, 1] },
  { own: "JOB_COMPLETION_INDEX", first: [null, 0] },
  { own: "AWS_BATCH_JOB_ARRAY_INDEX", first: [null, 0], count: "AWS_BATCH_JOB_ARRAY_SIZE" },
  { own: "BATCH_TASK_INDEX", first: [null, 0], count: "BATCH_TASK_COUNT" },
  { own: "PARALLEL_SEQ", first: [null, 1] },
];

/** Variables that tell a worker its number. */
export const SHARD_VARIABLES: readonly string[] = ["WHENCE_SHARD", ...NUMBERINGS.map(({ own }) => own)];

/**
 * Reads "3/16"; or "env/16" and "env", whose numbers are the environment's: `WHENCE_SHARD`, or those of the tasks of a
 * scheduler's array.
 *
 * @throws {RangeError} if it is none, or the environment lacks the numbers
 */
export function parseShard(text: string, environment: Environment): Shard {
  const [, own, count] = /^(env|\d+)(?:\/(\d+))?$/.exec(text) ?? [];
  if (own === undefined || own !== "env" && count === undefined) throw notShard(JSON.stringify(text));
  if (own !== "env") return checked(Number(own), Number(count), text);
  const given = environment("WHENCE_SHARD");
  if (given !== undefined && given !== "") {
    const shard = /^\d+\/\d+$/.exec(given) === null ? null : parseShard(given, environment);
    if (shard === null || count !== undefined && Number(count) !== shard.count) {
      throw notShard(`WHENCE_SHARD=${JSON.stringify(given)}`);
    }
    return shard;
  }
  return ofArray(count === undefined ? null : Number(count), environment);
}

/** A shard as it is written: "3/16". */
export function shardText({ number, count }: Shard): string {
  return `${number}/${count}`;
}

/** Name of a shard's files. */
export function shardWorker({ number, count }: Shard): string {
  return `shard-${String(number).padStart(String(count).length, "0")}-of-${count}`;
}

/** Number of shards that the name of a shard's files tells; null if it is none. */
export function shardCount(worker: string): number | null {
  const [, count] = /^shard-\d+-of-(\d+)$/.exec(worker) ?? [];
  return count === undefined ? null : Number(count);
}

function ofArray(asked: number | null, environment: Environment): Shard {
  const read = (name: string | null | undefined) => {
    const value = name ? environment(name) : undefined;
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
  };
  const numbering = NUMBERINGS.find(({ own }) => read(own) !== null);
  if (numbering === undefined) {
    throw new RangeError(
      `Cannot find the shard as one of ${SHARD_VARIABLES.join(", ")} must be set for env: got none of them`,
    );
  }
  const own = read(numbering.own)!;
  const first = read(numbering.first[0]) ?? numbering.first[1];
  const step = Math.max(1, read(numbering.step) ?? 1);
  const last = read(numbering.last);
  // Outside of an array LSF gives 0.
  const spanned = last === null || last < first ? null : Math.floor((last - first) / step) + 1;
  const tasks = read(numbering.count) ?? spanned;
  const told = numbering.last === undefined ? tasks : spanned;
  const count = asked ?? told;
  // A task that is submitted by itself again would take itself for the first of them.
  if (tasks !== null && (tasks !== told || tasks !== count)) {
    throw new RangeError(
      `Cannot find the shard as the array must have a task for each of ${count}, numbered in order: got ${tasks} from ` +
        `${first} to ${last ?? first + tasks - 1}; give the shard as K/${count}`,
    );
  }
  if (count === null) {
    throw new RangeError(
      `Cannot find the number of shards as ${numbering.own} tells none: got env, give it as env/16`,
    );
  }
  return checked((own - first) / step + 1, count, `${numbering.own}=${own}, of tasks from ${first} on`);
}

function checked(number: number, count: number, got: string): Shard {
  if (!Number.isInteger(number) || number < 1 || count < number || count > MOST_SHARDS) {
    throw new RangeError(
      `Cannot use the shard as it must be K/N with K of 1 to N, N at most ${MOST_SHARDS}: got ${got}${
        count >= 1 && number > count ? ` for ${count} shards` : ""
      }`,
    );
  }
  return { number, count };
}

function notShard(got: string): RangeError {
  return new RangeError(`Cannot use the shard as it must be K/N, as 3/16, or env/N, or env: got ${got}`);
}
