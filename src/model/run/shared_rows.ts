import type { InputData } from "../../graph/executor.ts";
import { rotationTable, sharedGraph } from "../graphs/decoder.ts";
import type { ModelRuntime } from "./model_runtime.ts";

/**
 * Rows that two prompts start with alike, at most all but the last: that one predicts, so each sequence carries it.
 *
 * @param a embeddings [L, D]
 * @param b embeddings [≥ L − 1, D]
 */
export function commonRows(a: Float32Array, b: Float32Array, D: number): number {
  const differs = a.findIndex((value, i) => value !== b[i]);
  return Math.min(differs < 0 ? Infinity : Math.floor(differs / D), a.length / D - 1);
}

/**
 * Computes what sequences need of the rows [P, D] that they all start with: inputs `shared.N`, the keys and values of
 * layer N after RoPE.
 *
 * @param length of the sequences
 */
export async function computeSharedRows(runtime: ModelRuntime, rows: Float32Array, length: number): Promise<InputData> {
  const { decoder, programs, meter } = runtime;
  const { config } = decoder;
  const P = rows.length / config.hiddenSize;
  if (P === 0) return {};
  const key = `shared ${P}`;
  const build = (sequences: number) => sharedGraph(decoder, sequences, P);
  const [size] = programs.chunks(1, P, key, build);
  const program = await programs.get(key, size, build);
  const { outputs, gpuSeconds } = await program.run({
    x: Float32Array.from(rows),
    rotation: rotationTable(config, 0, P, length),
  });
  meter.addRun({ forward: P, backward: 0 }, gpuSeconds);
  return outputs;
}

/** The part of shared rows that belongs to the first `count` of `total`. */
export function leadingRows(shared: InputData, count: number, total: number): InputData {
  if (count === 0) return {};
  return Object.fromEntries(
    Object.entries(shared).map(([name, values]) => [name, values.slice(0, values.length / total * count)]),
  );
}
