import type { DecoderSpec } from "../graphs/decoder.ts";
import { rotationTable } from "../graphs/rotation.ts";
import type { StreamShape } from "../graphs/stream_graph.ts";
import type { ModelRuntime } from "./model_runtime.ts";
import { meanAttended } from "./model_work.ts";
import { runProgram } from "./run_program.ts";
import { sharedRowData, type SharedRows } from "./shared_rows.ts";

/**
 * Computes the rows that a block reads of some sequences: [S, D] each. For block 0 these are the embeddings themselves.
 *
 * @param sequences embeddings [S, D] each, from position P on
 * @param given all P rows before them
 */
export async function computeStreams(
  runtime: ModelRuntime,
  sequences: readonly Float32Array<ArrayBuffer>[],
  given: SharedRows,
  { shared, layer }: Pick<StreamShape, "shared" | "layer">,
): Promise<(Float32Array<ArrayBuffer> | Float64Array)[]> {
  if (layer === 0) return [...sequences];
  const { config } = runtime.decoder;
  const size = sequences[0].length;
  const S = size / config.hiddenSize;
  const shape = { layer, shared, rows: S };
  const { sizes } = runtime.programs.chunks({ kind: "stream", shape, count: sequences.length, rowsPerSequence: S });
  const streams: Float64Array[] = [];
  for (const count of sizes) {
    const x = new Float32Array(count * size);
    sequences.slice(streams.length, streams.length + count).forEach((rows, b) => x.set(rows, b * size));
    const { stream } = await runProgram(runtime, {
      kind: "stream",
      shape: { ...shape, sequences: count },
      inputs: { ...sharedRowData(given, 0, layer), x, rotation: rotationTable(config, shared, S) },
      rows: { forward: count * S, backward: 0, attended: meanAttended(shared, S), head: 0, blocks: layer },
      nameOf: () => `the residual stream at layer ${layer}`,
    });
    for (let b = 0; b < count; b++) streams.push(stream.slice(b * size, (b + 1) * size));
  }
  return streams;
}

/** @throws {RangeError} if there is no such block */
export function assertLayer({ config: { layers } }: DecoderSpec, layer: number): void {
  if (!Number.isSafeInteger(layer) || layer < 0 || layer >= layers) {
    throw new RangeError(
      `Cannot attribute as layer must be 0 … ${layers - 1}, the block whose input it is: got ${layer}`,
    );
  }
}
