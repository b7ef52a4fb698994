import type { Executor } from "../../graph/executor.ts";
import { fuse } from "../../graph/fuse.ts";
import type { Graph } from "../../graph/graph.ts";
import { bytesOf, plan } from "../../graph/memory_plan.ts";
import { RECOMPUTE_LEVELS, type RecomputeLevel, rematerialize } from "../../graph/rematerialize.ts";

/** Plan of a batch: its sequences at a time, and the activations that are computed twice. */
export interface ChunkPlan {
  readonly size: number;
  readonly recompute: RecomputeLevel;
  /** Bytes of the values of one chunk. */
  readonly bytes: number;
}

/** Bytes that the values of one program may take, and the device that says the rest. */
export interface MemoryLimits extends Pick<Executor, "mostRows" | "maxValueBytes" | "scratchOf"> {
  readonly memory: number;
}

/** A comparison of a need with the memory. */
export interface MemoryFit {
  readonly fits: boolean;
  /** @throws {RangeError} if called, stating the bytes that are needed */
  refuse(): never;
}

// Rows from which on a chunk keeps the kernels busy; for fewer, activations are rather computed twice than chunks cut.
const ENOUGH_ROWS = 128;

/**
 * Finds the most sequences at a time, a power of two, whose program fits; and the least recomputation that allows
 * enough rows.
 *
 * @param graphOf the graph of so many sequences
 * @throws {RangeError} if not even one sequence fits with all recomputed
 */
export function planChunks(
  rowsPerSequence: number,
  limits: MemoryLimits,
  graphOf: (sequences: number) => Graph,
): ChunkPlan {
  const most = 2 ** Math.floor(Math.log2(Math.max(1, limits.mostRows / rowsPerSequence)));
  let best: ChunkPlan | null = null;
  let needs: Needs = { bytes: 0, largest: 0 };
  for (const recompute of RECOMPUTE_LEVELS) {
    for (let size = most; size >= 1; size /= 2) {
      needs = measure(fuse(rematerialize(graphOf(size), recompute)), limits);
      if (!isWithin(needs, limits)) continue;
      if (best === null || size > best.size) best = { size, recompute, bytes: needs.bytes };
      break;
    }
    if (best !== null && (best.size === most || best.size * rowsPerSequence >= ENOUGH_ROWS)) return best;
  }
  return best ?? refuse(needs, limits);
}

/** Tells if a graph fits the memory. */
export function memoryFit(graph: Graph, limits: MemoryLimits): MemoryFit {
  const needs = measure(graph, limits);
  return { fits: isWithin(needs, limits), refuse: () => refuse(needs, limits) };
}

/** Cuts `count` sequences into chunks of at most `size`, a power of two, all sizes powers of two. */
export function chunkSizes(count: number, size: number): number[] {
  const sizes: number[] = [];
  for (let left = count, next = size; left > 0; left -= next) {
    while (next > left) next /= 2;
    sizes.push(next);
  }
  return sizes;
}

/** Bytes of the values of a program, and of the largest of them. */
interface Needs {
  readonly bytes: number;
  readonly largest: number;
}

function isWithin({ bytes, largest }: Needs, { memory, maxValueBytes }: MemoryLimits): boolean {
  return bytes <= memory && largest <= maxValueBytes;
}

function refuse({ bytes, largest }: Needs, { memory, maxValueBytes }: MemoryLimits): never {
  throw new RangeError(
    `Cannot run one sequence as it must fit ${memory} bytes${
      maxValueBytes === Infinity ? "" : ` with no value over ${maxValueBytes}`
    }: ` +
      `it takes ${bytes} bytes and its largest value ${largest}. ` +
      (largest > maxValueBytes
        ? "Use a shorter prompt or target, or an adapter with larger bindings"
        : `Use --memory ${bytes}B or more, or a shorter prompt or target`),
  );
}

function measure(graph: Graph, { scratchOf }: MemoryLimits): Needs {
  const values = [...graph.inputs.map(({ value }) => value), ...graph.nodes.flatMap(({ outputs }) => outputs)];
  const largest = values.map(bytesOf).reduce((top, bytes) => Math.max(top, bytes), 0);
  return { bytes: plan(graph, scratchOf).bytes, largest };
}
