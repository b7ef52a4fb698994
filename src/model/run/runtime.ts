import type { Executor } from "../../graph/executor.ts";
import type { Recorder } from "./meter.ts";
import type { ProgramCache } from "./programs.ts";
import type { Architecture } from "./decoder.ts";

/** What everything that runs a loaded model needs. */
export interface Runtime {
  readonly architecture: Architecture;
  readonly executor: Executor;
  readonly programs: ProgramCache;
  readonly meter: Recorder;
}

/** Reads rows of the embedding matrix: [ids.length, D]. */
export type Embed = (ids: readonly number[]) => Promise<Float32Array>;

/** @throws {RangeError} where a sequence is longer than the model's positions */
export function assertLength({ architecture }: Runtime, length: number): void {
  const { maxPositions } = architecture.config;
  if (length > maxPositions) {
    throw new RangeError(
      `Cannot run the model as prompt and target must have at most ${maxPositions} tokens: got ${length}`,
    );
  }
}

/** @throws {RangeError} where a score is not a number: it must never enter a table */
export function assertFiniteScores(scores: Float64Array, what: string): void {
  const bad = scores.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(`Cannot use ${what} as every value must be finite: got ${scores[bad]} at ${bad}`);
}
