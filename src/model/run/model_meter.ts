import type { Executor, Program } from "../../graph/executor.ts";
import { shareSlots } from "../../graph/memory_plan.ts";
import type { ModelConfig } from "../load/model_config.ts";
import { type RunRows, workOf } from "./model_work.ts";

/** Counts a model's work so far; the cost of an attribution is the difference of two readings. */
export interface ModelMeter {
  /** Token rows taken through the model, forward or as a forward-mode tangent. */
  readonly forwardRows: number;
  /** Token rows taken back through the model. */
  readonly backwardRows: number;
  /** Multiplications of the products so far: time grows with them. */
  readonly work: number;
  /** Null if the adapter has no timestamps. */
  readonly gpuSeconds: number | null;
  /** Most bytes at any time by plan: weights, the slots that programs share, and the inputs of each. */
  readonly predictedBytes: number;
  /** Most bytes held so far. */
  readonly peakBytes: number;
}

/** Parts of a model's predicted bytes. */
export interface PredictedParts {
  readonly weights: number;
  /** The slots that programs share. */
  readonly values: number;
  /** Inputs and parameters: the most at any time. */
  readonly inputs: number;
}

/** A meter that can be written. */
export interface RecordingMeter extends ModelMeter {
  /** Counts one run. */
  addRun(rows: RunRows, gpuSeconds: number | null): void;
  /** Parts of `predictedBytes`. */
  readonly parts: PredictedParts;
  /** Adds a program that was made. */
  addProgram(program: Pick<Program, "slots" | "ownBytes">): void;
  /** Removes a program that was disposed of; its slots stay. */
  removeProgram(program: Pick<Program, "ownBytes">): void;
}

/**
 * Makes the meter of a model on an executor.
 *
 * @param onWork receives `work` after each run
 */
export function createModelMeter(
  executor: Executor,
  config: ModelConfig,
  onWork: (work: number) => void = () => {},
): RecordingMeter {
  const slots: number[] = [];
  let ownBytes = 0;
  let mostOwnBytes = 0;
  let forwardRows = 0;
  let backwardRows = 0;
  let work = 0;
  let seconds: number | null = 0;
  return {
    get forwardRows() {
      return forwardRows;
    },
    get backwardRows() {
      return backwardRows;
    },
    get work() {
      return work;
    },
    get gpuSeconds() {
      return seconds;
    },
    get predictedBytes() {
      const { weights, values, inputs } = this.parts;
      return weights + values + inputs;
    },
    get parts() {
      const values = slots.reduce((sum, bytes) => sum + bytes, 0);
      return { weights: executor.weightBytes, values, inputs: mostOwnBytes };
    },
    get peakBytes() {
      return executor.peakBytes;
    },
    addRun(rows, gpuSeconds) {
      forwardRows += rows.forward;
      backwardRows += rows.backward;
      work += workOf(config, rows);
      seconds = seconds === null || gpuSeconds === null ? null : seconds + gpuSeconds;
      onWork(work);
    },
    addProgram(program) {
      shareSlots(slots, program.slots, { bytes: (bytes) => bytes, create: (bytes) => bytes });
      ownBytes += program.ownBytes;
      mostOwnBytes = Math.max(mostOwnBytes, ownBytes);
    },
    removeProgram(program) {
      ownBytes -= program.ownBytes;
    },
  };
}
