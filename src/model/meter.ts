import type { Executor } from "../graph/executor.ts";

/** What a model has done so far; the cost of an attribution is a difference of two readings. */
export interface Meter {
  /** Token rows taken through the model, forward or as a forward-mode tangent. */
  forwardRows: number;
  /** Token rows taken back through the model. */
  backwardRows: number;
  /** Null where the adapter has no timestamps. */
  gpuSeconds: number | null;
  /** Bytes that plans foresee: weights and the largest program. */
  readonly predictedBytes: number;
  /** Most bytes held so far. */
  readonly peakBytes: number;
  /** Counts one run. */
  addRun(rows: { forward: number; backward: number }, gpuSeconds: number | null): void;
  /** Takes note of a program. */
  addProgram(bytes: number): void;
}

/** Makes the meter of a model on an executor. */
export function createMeter(executor: Executor): Meter {
  let programBytes = 0;
  return {
    forwardRows: 0,
    backwardRows: 0,
    gpuSeconds: 0,
    get predictedBytes() {
      return executor.weightBytes + programBytes;
    },
    get peakBytes() {
      return executor.peakBytes;
    },
    addRun({ forward, backward }, gpuSeconds) {
      this.forwardRows += forward;
      this.backwardRows += backward;
      this.gpuSeconds = this.gpuSeconds === null || gpuSeconds === null ? null : this.gpuSeconds + gpuSeconds;
    },
    addProgram(bytes) {
      programBytes = Math.max(programBytes, bytes);
    },
  };
}
