import type { Executor, Program } from "../../graph/executor.ts";
import { fuse } from "../../graph/fuse.ts";
import type { Graph } from "../../graph/graph.ts";
import { rematerialize } from "../../graph/rematerialize.ts";
import type { DecoderSpec } from "../graphs/decoder.ts";
import { PROGRAM_GRAPHS, type ProgramKind, type ProgramOutputs, type ProgramShape } from "../graphs/program_graphs.ts";
import { type ChunkPlan, chunkSizes, type MemoryFit, memoryFit, type MemoryLimits, planChunks } from "./chunk_plan.ts";
import type { RecordingMeter } from "./model_meter.ts";

/** Shape of a batch that is run in chunks of sequences. */
type ChunkedShape<K extends ProgramKind> = Omit<ProgramShape<K>, "sequences">;

/** A batch of sequences to run in chunks. */
interface ChunkedBatch<K extends ProgramKind> {
  readonly kind: K;
  readonly shape: ChunkedShape<K>;
  /** Sequences of the batch. */
  readonly count: number;
  readonly rowsPerSequence: number;
}

/** Chunks of a batch. */
export interface Chunks extends ChunkPlan {
  /** Sequences of each chunk, in order; powers of two. */
  readonly sizes: readonly number[];
}

/** A model's programs, each made once for its shape; the latest few are kept. */
export interface ProgramCache {
  /**
   * Cuts a batch into chunks that fit the memory.
   *
   * @throws {RangeError} if not even one sequence fits
   */
  chunks<K extends ProgramKind>(batch: ChunkedBatch<K>): Chunks;
  /** Tells if a program fits the memory as it is. */
  fits<K extends ProgramKind>(kind: K, shape: ProgramShape<K>): MemoryFit;
  /** Returns the program of a shape. Its inputs keep the data that was written last. */
  get<K extends ProgramKind>(kind: K, shape: ProgramShape<K>): Promise<Program<ProgramOutputs<K>>>;
}

// Programs of one attribution: a few chunk sizes of one or two graphs.
const KEPT_PROGRAMS = 12;
// Graphs that are measured and then compiled: those of all packs of a large ablation.
const KEPT_GRAPHS = 64;

/** Makes the program cache of a model. */
export function createProgramCache(
  decoder: DecoderSpec,
  executor: Executor,
  meter: RecordingMeter,
  memory: number,
): ProgramCache {
  const limitsNow = (): MemoryLimits => ({
    memory,
    mostRows: executor.mostRows,
    maxValueBytes: executor.maxValueBytes,
    scratchOf: executor.scratchOf,
  });
  const programs = new Map<string, Promise<Program>>();
  const plans = new Map<string, ChunkPlan>();
  const graphs = measuredGraphs();
  const trace = (kind: ProgramKind, shape: object) =>
    (PROGRAM_GRAPHS[kind] as (model: DecoderSpec, shape: object) => Graph)(decoder, shape);
  const compile = (kind: ProgramKind, shape: object, key: string) => {
    const recompute = plans.get(batchKey(kind, shape))?.recompute ?? "nothing";
    const graph = graphs.take(key) ?? trace(kind, shape);
    return executor.compile(fuse(rematerialize(graph, recompute))) as Promise<Program>;
  };
  const planBatch = (kind: ProgramKind, shape: object, rowsPerSequence: number): ChunkPlan => {
    const traced = new Map<number, Graph>();
    const sized = (sequences: number) => ({ ...shape, sequences });
    const found = planChunks(rowsPerSequence, limitsNow(), (size) => {
      const graph = traced.get(size) ?? trace(kind, sized(size));
      traced.set(size, graph);
      return graph;
    });
    graphs.keep(programKey(kind, sized(found.size)), traced.get(found.size)!);
    return found;
  };
  return {
    chunks({ kind, shape, count, rowsPerSequence }) {
      const key = batchKey(kind, shape);
      const found = plans.get(key) ?? planBatch(kind, shape, rowsPerSequence);
      plans.set(key, found);
      return { ...found, sizes: chunkSizes(count, found.size) };
    },
    fits(kind, shape) {
      const graph = trace(kind, shape);
      graphs.keep(programKey(kind, shape), graph);
      return memoryFit(graph, limitsNow());
    },
    async get<K extends ProgramKind>(kind: K, shape: ProgramShape<K>) {
      const key = programKey(kind, shape);
      const known = programs.get(key);
      const found = known ?? compile(kind, shape, key);
      programs.delete(key);
      programs.set(key, found);
      const program = await found;
      if (known === undefined) meter.addProgram(program);
      if (programs.size > KEPT_PROGRAMS) {
        const [oldest, evicted] = programs.entries().next().value!;
        programs.delete(oldest);
        meter.removeProgram(await evicted);
        (await evicted).dispose();
      }
      return program as Program<ProgramOutputs<K>>;
    },
  };
}

function programKey(kind: ProgramKind, shape: object): string {
  return shapeKey({ kind, ...shape });
}

/** Returns the key of a batch, the same for all sizes of chunks. */
function batchKey(kind: ProgramKind, shape: object): string {
  return shapeKey({ kind, ...shape, sequences: undefined });
}

/** Makes the store of graphs that were traced to be measured and wait to be compiled; the latest are kept. */
function measuredGraphs() {
  const waiting = new Map<string, Graph>();
  return {
    keep(key: string, graph: Graph): void {
      waiting.delete(key);
      waiting.set(key, graph);
      if (waiting.size > KEPT_GRAPHS) waiting.delete(waiting.keys().next().value!);
    },
    take(key: string): Graph | undefined {
      const graph = waiting.get(key);
      waiting.delete(key);
      return graph;
    },
  };
}

/** Returns a text that is equal for equal shapes, in any order of their fields, and differs for others. */
export function shapeKey(shape: object): string {
  return JSON.stringify(
    shape,
    (_, value) => isRecord(value) ? Object.fromEntries(Object.entries(value).sort()) : value,
  );
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
