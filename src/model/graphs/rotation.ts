import type { Trace } from "../../graph/graph.ts";
import type { Value } from "../../ops/op.ts";
import type { ModelConfig } from "../load/model_config.ts";
import { ropeFrequencies } from "../load/rope_scaling.ts";

/** Columns of a row of rotations: those of every table, Dh each. */
export function rotationColumns({ rope, headSize }: ModelConfig): number {
  return rope.length * headSize;
}

/** Adds the input `rotation` [rows, rotationColumns]. */
export function rotationInput(g: Trace, config: ModelConfig, rows: number): Value {
  return g.input("rotation", { shape: [rows, rotationColumns(config)], dtype: "f32" });
}

/**
 * Returns cosines and sines of positions first … first + count − 1, of one table after another: [count,
 * rotationColumns].
 *
 * @param length of the sequence, on which the angles of some models depend. Default: up to the last of the positions
 */
export function rotationTable(config: ModelConfig, first: number, count: number, length: number = first + count) {
  const { headSize, rope } = config;
  const half = headSize / 2;
  const columns = rotationColumns(config);
  const table = new Float32Array(count * columns);
  rope.forEach((one, k) => {
    const { frequencies, factor } = ropeFrequencies(one, headSize, length);
    for (let s = 0; s < count; s++) {
      const row = s * columns + k * headSize;
      for (let d = 0; d < half; d++) {
        const angle = (first + s) * frequencies[d];
        table[row + d] = factor * Math.cos(angle);
        table[row + half + d] = factor * Math.sin(angle);
      }
    }
  });
  return table;
}

/** Returns `rotationTable` of positions 0 … count − 1, each as the last position so far: [count, rotationColumns]. */
export function rotationRows(config: ModelConfig, count: number): Float32Array<ArrayBuffer> {
  const columns = rotationColumns(config);
  const rows = new Float32Array(count * columns);
  for (let position = 0; position < count; position++) rows.set(rotationTable(config, position, 1), position * columns);
  return rows;
}
