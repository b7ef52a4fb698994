import type { InputData } from "../../graph/executor.ts";
import { rotationTable } from "../graphs/rotation.ts";
import { sharedInputName } from "../graphs/shared_inputs.ts";
import type { ModelRuntime } from "./model_runtime.ts";
import { meanAttended } from "./model_work.ts";
import { runProgram } from "./run_program.ts";

/** Rows that sequences start with: by layer, keys and values after RoPE, [P, 2K Dh]; none if P is 0. */
export type SharedRows = readonly Float64Array[];

/**
 * Counts the rows that two prompts start with alike, at most all but the last: that one predicts, so each sequence
 * carries it.
 *
 * @param a embeddings [L, D]
 * @param b embeddings [≥ L − 1, D]
 */
export function commonRows(a: Float32Array, b: Float32Array, D: number): number {
  const differs = a.findIndex((value, i) => value !== b[i]);
  return Math.min(differs < 0 ? Infinity : Math.floor(differs / D), a.length / D - 1);
}

/**
 * Computes the rows [P, D] that sequences all start with.
 *
 * @param length of the sequences
 */
export async function computeSharedRows(
  runtime: ModelRuntime,
  rows: Float32Array,
  length: number,
): Promise<SharedRows> {
  const { config } = runtime.decoder;
  const P = rows.length / config.hiddenSize;
  if (P === 0) return [];
  const batch = { kind: "shared", shape: { rows: P }, count: 1, rowsPerSequence: P } as const;
  const [sequences] = runtime.programs.chunks(batch).sizes;
  const { shared } = await runProgram(runtime, {
    kind: "shared",
    shape: { rows: P, sequences },
    inputs: { x: Float32Array.from(rows), rotation: rotationTable(config, 0, P, length) },
    rows: { forward: P, backward: 0, attended: meanAttended(0, P), head: 0 },
    nameOf: () => "the rows that sequences share",
  });
  return shared;
}

/** Returns the inputs of the blocks from `from` on and before `to`. */
export function sharedRowData(shared: SharedRows, from = 0, to = shared.length): InputData {
  return Object.fromEntries(
    shared.flatMap((values, layer) => layer >= from && layer < to ? [[sharedInputName(layer), values]] : []),
  );
}

/** Returns the first `count` of `total` shared rows. */
export function leadingRows(shared: SharedRows, count: number, total: number): SharedRows {
  return count === 0 ? [] : shared.map((values) => values.slice(0, values.length / total * count));
}
