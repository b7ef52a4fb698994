import type { Executor, Program } from "../../graph/executor.ts";
import { fuse } from "../../graph/fuse.ts";
import type { Graph } from "../../graph/graph.ts";
import { bytesOf, plan } from "../../graph/memory_plan.ts";
import { RECOMPUTE_LEVELS, type RecomputeLevel, rematerialize } from "../../graph/rematerialize.ts";
import type { RecordingMeter } from "./model_meter.ts";

/** Makes the graph of so many sequences. */
export type BuildGraph = (sequences: number) => Graph;

/** Programs by shape, the latest few kept, and chunk sizes that fit the memory. */
export interface ProgramCache {
  /** How each graph that was asked for is run, by its key. */
  readonly plans: ReadonlyMap<string, ChunkPlan>;
  /** Sizes of chunks that `count` sequences are run in; powers of two, each within the memory budget. */
  chunks(count: number, rowsPerSequence: number, key: string, build: BuildGraph): number[];
  /** Whether a graph fits the memory. */
  fits(graph: Graph): FitOf;
  /** The program of one chunk of a graph that `key` determines. Its inputs hold whatever was written last. */
  get(key: string, size: number, build: BuildGraph): Promise<Program>;
}

/** Whether something fits. */
export interface FitOf {
  readonly fits: boolean;
  /** Says what it takes. Throws RangeError. */
  refuse(): never;
}

/** How the sequences of a graph are run: how many at a time, and what is kept of their activations. */
export interface ChunkPlan {
  readonly size: number;
  readonly recompute: RecomputeLevel;
  /** Bytes of the values of one chunk. */
  readonly bytes: number;
}

// Programs of one attribution: a few chunk sizes of one or two graphs.
const KEPT = 12;
/** More rows a run than this make no kernel faster, and a killed run loses more. */
export const MOST_ROWS = 512;
// Rows from which on a chunk keeps the kernels busy; for fewer, activations are rather computed twice than chunks cut.
const ENOUGH_ROWS = 128;

/** Makes the program cache of a model. */
export function createProgramCache(executor: Executor, meter: RecordingMeter, memory: number): ProgramCache {
  const programs = new Map<string, Promise<Program>>();
  const plans = new Map<string, ChunkPlan>();
  return {
    plans,
    chunks(count, rowsPerSequence, key, build) {
      const found = plans.get(key) ?? planChunks(rowsPerSequence, memory, executor.maxValueBytes, build);
      plans.set(key, found);
      let { size } = found;
      const sizes: number[] = [];
      for (let left = count; left > 0; left -= size) {
        while (size > left) size /= 2;
        sizes.push(size);
      }
      return sizes;
    },
    fits(graph) {
      const needs = measure(graph);
      const fits = needs.bytes <= memory && needs.largest <= executor.maxValueBytes;
      return { fits, refuse: () => refuse(needs, memory, executor.maxValueBytes) };
    },
    async get(key, size, build) {
      const name = `${key} ${size}`;
      const level = plans.get(key)?.recompute ?? "nothing";
      const known = programs.get(name);
      const found = known ?? executor.compile(fuse(rematerialize(build(size), level)));
      programs.delete(name);
      programs.set(name, found);
      const program = await found;
      if (known === undefined) meter.addProgram(program);
      if (programs.size > KEPT) {
        const [oldest, evicted] = programs.entries().next().value!;
        programs.delete(oldest);
        meter.removeProgram(await evicted);
        (await evicted).dispose();
      }
      return program;
    },
  };
}

/**
 * The most sequences at a time, a power of two, whose program fits; and the least recomputation that allows enough rows.
 *
 * @param memory bytes that the values of one program may take
 * @param maxValueBytes bytes that one value may take
 * @throws {RangeError} where not even one sequence fits with all recomputed
 */
export function planChunks(
  rowsPerSequence: number,
  memory: number,
  maxValueBytes: number,
  build: BuildGraph,
): ChunkPlan {
  const most = 2 ** Math.floor(Math.log2(Math.max(1, MOST_ROWS / rowsPerSequence)));
  let best: ChunkPlan | null = null;
  let needs: Needs = { bytes: 0, largest: 0 };
  for (const recompute of RECOMPUTE_LEVELS) {
    for (let size = most; size >= 1; size /= 2) {
      needs = measure(fuse(rematerialize(build(size), recompute)));
      if (needs.bytes > memory || needs.largest > maxValueBytes) continue;
      if (best === null || size > best.size) best = { size, recompute, bytes: needs.bytes };
      break;
    }
    if (best !== null && (best.size === most || best.size * rowsPerSequence >= ENOUGH_ROWS)) return best;
  }
  if (best !== null) return best;
  return refuse(needs, memory, maxValueBytes);
}

/** Bytes of the values of a program, and of the largest of them. */
interface Needs {
  readonly bytes: number;
  readonly largest: number;
}

function refuse({ bytes, largest }: Needs, memory: number, maxValueBytes: number): never {
  throw new RangeError(
    `Cannot run one sequence as it must fit ${memory} bytes with no value over ${maxValueBytes}: ` +
      `it takes ${bytes} bytes and its largest value ${largest}. ` +
      (largest > maxValueBytes
        ? "Use a shorter prompt or target, or an adapter with larger bindings"
        : `Use --memory ${bytes}B or more, or a shorter prompt or target`),
  );
}

function measure(graph: Graph): Needs {
  const values = [...graph.inputs.map(({ value }) => value), ...graph.nodes.flatMap(({ outputs }) => outputs)];
  const sizes = values.map(bytesOf);
  return { bytes: plan(graph).bytes, largest: sizes.reduce((top, bytes) => Math.max(top, bytes), 0) };
}
