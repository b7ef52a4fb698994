import type { InputData } from "../../graph/executor.ts";
import { rowsPerSequence, type SequenceShape } from "../graphs/batch_shape.ts";
import type { HeadObjective } from "../graphs/head.ts";
import { rotationTable } from "../graphs/rotation.ts";
import { assertLayer, computeStreams } from "./layer_streams.ts";
import { assertLength, type ModelRuntime } from "./model_runtime.ts";
import { computeSharedRows, sharedRowData } from "./shared_rows.ts";

/** A target to score, and the layer to look at. */
export interface ScoredTarget {
  /** Ids of the target tokens. */
  readonly targets: readonly number[];
  /** Score of them. Default: their log-probabilities. */
  readonly objective?: HeadObjective;
  /** The block whose input is looked at. Default 0: the embeddings. */
  readonly layer?: number;
  /**
   * True if the rows given for the prompt end in those of the target's tokens but the last, [L + T − 1, D], which are
   * coordinates like any other. Default false: the target's rows are added, and stay.
   */
  readonly withTarget?: boolean;
}

/** Sequences [prompt; target without its last token] at the input of a block. */
interface OpenedSequences {
  readonly shape: SequenceShape;
  /** Rows that the block reads of each sequence, [S, D], those that all share left out. */
  readonly streams: readonly (Float32Array<ArrayBuffer> | Float64Array)[];
  /** Inputs that are alike for all points between the sequences: rotations and shared rows. */
  readonly inputs: InputData;
}

/**
 * Opens sequences that are alike in their first `shared` rows, which are computed once.
 *
 * @param sequences embeddings [L + T − 1, D] each
 * @throws {RangeError} if there is no such layer, or a sequence is longer than the model's positions
 */
export async function openSequences(
  runtime: ModelRuntime,
  { targets: { length: T }, layer = 0 }: ScoredTarget,
  sequences: readonly Float32Array<ArrayBuffer>[],
  shared: number,
): Promise<OpenedSequences> {
  const { config } = runtime.decoder;
  const from = shared * config.hiddenSize;
  const length = sequences[0].length / config.hiddenSize;
  const shape = { prompt: length - T + 1, shared, targets: T, layer };
  const given = await computeSharedRows(runtime, sequences[0].subarray(0, from), length);
  const streams = await computeStreams(runtime, sequences.map((rows) => rows.subarray(from)), given, shape);
  const rotation = rotationTable(config, shared, rowsPerSequence(shape));
  return { shape, streams, inputs: { ...sharedRowData(given, layer), rotation } };
}

/**
 * @throws {RangeError} if a target cannot be scored after a prompt of L tokens: no such layer, or too many positions
 */
export function assertScorable(runtime: ModelRuntime, L: number, { targets, layer = 0 }: ScoredTarget): void {
  assertLayer(runtime.decoder, layer);
  assertLength(runtime, L + targets.length - 1);
}

/** Returns L, the rows of the prompt among `rows` given ones. */
export function promptLength(rows: number, { targets, withTarget = false }: ScoredTarget): number {
  return withTarget ? rows - targets.length + 1 : rows;
}

/** Returns the embeddings, of the target's tokens but the last, that are not among the given rows. */
export async function targetRows(runtime: ModelRuntime, { targets, withTarget = false }: ScoredTarget) {
  return await runtime.embed(withTarget ? [] : targets.slice(0, -1));
}

/** Returns a prompt's rows and then the target's. */
export function joinRows(prompt: Float32Array, prefix: Float32Array): Float32Array<ArrayBuffer> {
  const all = new Float32Array(prompt.length + prefix.length);
  all.set(prompt);
  all.set(prefix, prompt.length);
  return all;
}
