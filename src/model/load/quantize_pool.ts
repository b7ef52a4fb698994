import type { QuantizedMatrix } from "../../checkpoint/cache/quantized_cache.ts";
import type { Nf4Tensor } from "../../quant/nf4.ts";
import type { QuantizeAnswer, QuantizeRequest } from "./quantize_worker.ts";

/** Threads that read and quantize matrices. */
export interface QuantizePool {
  /** How many there are. */
  readonly threads: number;
  /** Null where no thread could do it: then it is to be tried here, which works or says what is wrong. */
  quantize(matrix: QuantizedMatrix): Promise<Nf4Tensor | null>;
  close(): void;
}

/** A matrix that waits for a thread, or is with one. */
interface Job {
  readonly matrix: QuantizedMatrix;
  done(tensor: Nf4Tensor | null): void;
}

/** More threads would wait for the disk and hold a matrix each. */
const MOST_THREADS = 8;

/** The threads that this machine is good for; a single one would only make the way longer. */
export function usefulThreads(): number {
  const cores = Math.min(MOST_THREADS, navigator.hardwareConcurrency);
  return cores > 1 ? cores : 0;
}

/**
 * Starts threads, each of which opens the checkpoint at `path` for itself.
 *
 * Where threads are not allowed, or their module cannot be loaded, every matrix is left to the caller.
 */
export function startQuantizePool(path: string, count: number): QuantizePool {
  const waiting: Job[] = [];
  const idle = new Set<Worker>();
  const busy = new Map<Worker, Job>();
  const start = () => {
    try {
      const worker = new Worker(new URL("./quantize_worker.ts", import.meta.url), { type: "module" });
      worker.onmessage = ({ data }: MessageEvent<QuantizeAnswer>) => {
        const { matrix, done } = busy.get(worker)!;
        busy.delete(worker);
        idle.add(worker);
        done(data && { kind: "nf4", shape: matrix.shape, ...data });
        handOut();
      };
      worker.onerror = (event) => {
        // It would end the process.
        event.preventDefault();
        worker.terminate();
        const job = busy.get(worker);
        busy.delete(worker);
        idle.delete(worker);
        job?.done(null);
        handOut();
      };
      idle.add(worker);
    } catch {
      // No threads here.
    }
  };
  const handOut = () => {
    for (const worker of idle) {
      const job = waiting.shift();
      if (job === undefined) break;
      idle.delete(worker);
      busy.set(worker, job);
      worker.postMessage({ path, matrix: job.matrix } satisfies QuantizeRequest);
    }
    if (busy.size === 0) { for (const { done } of waiting.splice(0)) done(null); }
  };
  for (let i = 0; i < count; i++) start();
  return {
    threads: idle.size,
    quantize: (matrix) =>
      new Promise((done) => {
        waiting.push({ matrix, done });
        handOut();
      }),
    close() {
      for (const worker of [...idle, ...busy.keys()]) worker.terminate();
    },
  };
}
