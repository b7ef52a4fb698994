import type { InputData } from "../../graph/executor.ts";
import { type Graph, trace } from "../../graph/graph.ts";
import type { Value } from "../../ops/op.ts";
import type { BatchShape } from "../graphs/path_graph.ts";
import {
  attentionOf,
  decoder,
  type DecoderSpec,
  f32,
  rotationInput,
  rotationTable,
  sharedInputs,
} from "../graphs/decoder.ts";
import { assertFiniteScores, type ModelRuntime } from "./model_runtime.ts";

/** Sequences of S rows behind P rows that they share, on the way to a block. */
export interface StreamShape extends Pick<BatchShape, "sequences" | "shared"> {
  /** S */
  readonly rows: number;
  /** The block whose input is wanted. */
  readonly layer: number;
}

/**
 * The residual stream that a block reads. Inputs `x` [B, S, D], embeddings; `rotation` of S rows from position P on; and,
 * where P > 0, `shared.N` of the blocks before it. Output `stream` [B, S, D].
 */
export function streamGraph(model: DecoderSpec, { sequences, shared, rows, layer }: StreamShape): Graph {
  const { config } = model;
  const g = trace();
  const x = g.input("x", f32(sequences, rows, config.hiddenSize));
  const rotation = rotationInput(g, config, rows);
  const attend = (qkv: Value, block: number) => {
    const attributes = { ...attentionOf(config, block, shared + rows), sequences, shared, queries: null };
    return g.emit("attention", attributes, [qkv])[0];
  };
  const given = sharedInputs(g, model, shared);
  g.output("stream", decoder(g, model, x, rotation, attend, { sequences, shared, given, to: layer }));
  return g.finish();
}

/**
 * What a block reads of some sequences: [S, D] each. For block 0 these are the embeddings themselves.
 *
 * @param sequences embeddings [S, D] each, from position P on
 * @param given of all P rows before them, as `computeSharedRows` gives them
 */
export async function computeStreams(
  runtime: ModelRuntime,
  sequences: readonly Float32Array<ArrayBuffer>[],
  given: InputData,
  { shared: P, layer }: Pick<StreamShape, "shared" | "layer">,
): Promise<(Float32Array<ArrayBuffer> | Float64Array)[]> {
  if (layer === 0) return [...sequences];
  const { decoder, programs, meter } = runtime;
  const { config } = decoder;
  const size = sequences[0].length;
  const S = size / config.hiddenSize;
  const key = `stream ${layer} ${P} ${S}`;
  const build = (count: number) => streamGraph(decoder, { sequences: count, shared: P, rows: S, layer });
  const streams: Float64Array[] = [];
  for (const count of programs.chunks(sequences.length, S, key, build)) {
    const program = await programs.get(key, count, build);
    const x = new Float32Array(count * size);
    sequences.slice(streams.length, streams.length + count).forEach((rows, b) => x.set(rows, b * size));
    const inputs = { ...sharedOf(given, (n) => n < layer), x, rotation: rotationTable(config, P, S) };
    const { outputs: { stream }, gpuSeconds } = await program.run(inputs);
    meter.addRun({ forward: count * S, backward: 0 }, gpuSeconds);
    assertFiniteScores(stream, `the residual stream at layer ${layer}`);
    for (let b = 0; b < count; b++) streams.push(stream.slice(b * size, (b + 1) * size));
  }
  return streams;
}

/** What some blocks need of shared rows. */
export function sharedOf(shared: InputData, isWanted: (block: number) => boolean): InputData {
  return Object.fromEntries(Object.entries(shared).filter(([name]) => isWanted(Number(name.slice("shared.".length)))));
}

/** @throws {RangeError} where there is no such block */
export function assertLayer({ config: { layers } }: DecoderSpec, layer: number): void {
  if (!Number.isSafeInteger(layer) || layer < 0 || layer >= layers) {
    throw new RangeError(
      `Cannot attribute as layer must be 0 … ${layers - 1}, the block whose input it is: got ${layer}`,
    );
  }
}
