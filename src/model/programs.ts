import type { Executor, Program } from "../graph/executor.ts";
import type { Graph } from "../graph/graph.ts";
import { bytesOf, plan } from "../graph/plan.ts";
import type { Meter } from "./meter.ts";

/** Programs by shape, the latest few kept, and chunk sizes that fit the memory. */
export interface ProgramCache {
  /** The program of a graph that `key` determines. Its inputs hold whatever was written last. */
  get(key: string, build: () => Graph): Promise<Program>;
  /** Sizes of chunks that `count` items are run in; powers of two, each within the memory budget. */
  chunks(count: number, rowsPerItem: number, key: string, build: (size: number) => Graph): number[];
}

// Programs of one attribution: a few chunk sizes of one or two graphs.
const KEPT = 12;
// More rows a run than this make no kernel faster, and a killed run loses more.
const MOST_ROWS = 512;

/** Makes the program cache of a model. */
export function createProgramCache(executor: Executor, meter: Meter, memory: number): ProgramCache {
  const programs = new Map<string, Promise<Program>>();
  const largest = new Map<string, number>();
  return {
    async get(key, build) {
      const found = programs.get(key) ?? executor.compile(build());
      programs.delete(key);
      programs.set(key, found);
      if (programs.size > KEPT) {
        const [oldest, program] = programs.entries().next().value!;
        programs.delete(oldest);
        (await program).dispose();
      }
      const program = await found;
      meter.addProgram(program.predictedBytes);
      return program;
    },
    chunks(count, rowsPerItem, key, build) {
      let size = largest.get(key);
      if (size === undefined) {
        size = largestChunk(Math.max(1, Math.floor(MOST_ROWS / rowsPerItem)), executor, memory, build);
        largest.set(key, size);
      }
      const sizes: number[] = [];
      for (let left = count; left > 0; left -= sizes[sizes.length - 1]) {
        while (size > left) size /= 2;
        sizes.push(size);
      }
      return sizes;
    },
  };
}

/**
 * The largest power of two, up to `most`, of items whose program fits.
 *
 * @throws {RangeError} where not even one item fits
 */
function largestChunk(most: number, executor: Executor, memory: number, build: (size: number) => Graph): number {
  for (let size = 2 ** Math.floor(Math.log2(most));; size /= 2) {
    const graph = build(size);
    const { bytes } = plan(graph);
    const value = Math.max(...graph.nodes.flatMap((node) => node.outputs.map(bytesOf)));
    if (bytes <= memory && value <= executor.maxValueBytes) return size;
    if (size === 1) {
      throw new RangeError(
        `Cannot run one sequence as it must fit ${memory} bytes with no value over ${executor.maxValueBytes}: ` +
          `it takes ${bytes} bytes and its largest value ${value}. Use a shorter prompt or target, or more memory`,
      );
    }
  }
}
