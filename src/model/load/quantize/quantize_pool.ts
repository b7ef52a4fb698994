import type { QuantizedMatrix } from "../../../checkpoint/cache/quantized_cache.ts";
import type { Nf4Tensor } from "../../../quant/nf4.ts";
import type { QuantizeAnswer, QuantizeRequest } from "./quantize_worker.ts";

/** Threads that read and quantize matrices. */
interface QuantizePool {
  /** Number of threads. */
  readonly threads: number;
  /** Quantizes a matrix. Null if no thread could: then the caller tries, which works or says the reason. */
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

/** Returns the number of threads that are worth it on this machine; a single one would only be a detour. */
export function usefulThreads(): number {
  const cores = Math.min(MOST_THREADS, navigator.hardwareConcurrency);
  return cores > 1 ? cores : 0;
}

/**
 * Starts threads, each of which opens the checkpoint at `path` for itself.
 *
 * If threads are not allowed, or their module cannot be loaded, every matrix is left to the caller.
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
