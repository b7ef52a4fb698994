import type { SequenceShape } from "../graphs/batch_shape.ts";

/** Products at the cuts of each block, as the outputs of a program of `size` sequences. */
interface InsideShape extends SequenceShape {
  readonly size: number;
  readonly heads: number;
}

/** Parts of a block beside its heads: what skips attention, the MLP, and what skips that. */
export const BESIDE_HEADS = 3;

/**
 * Puts products at the cuts of each block in order: of each sequence [layers, heads + 3, L + T − 1], where the parts
 * are the heads, what skips attention, the MLP, and what skips that. Rows that do not move have none, nor have those of
 * the last block that no target needs.
 *
 * @param products four of each block: [size, rows, heads], and three of [size, rows]
 */
export function insideSamples(
  products: readonly Float64Array[],
  { size, heads: H, prompt, shared, targets }: InsideShape,
): Float32Array[] {
  const positions = prompt + targets - 1;
  const parts = H + BESIDE_HEADS;
  const layers = products.length / 4;
  return Array.from({ length: size }, (_, b) => {
    const all = new Float32Array(layers * parts * positions);
    products.forEach((values, k) => {
      const width = k % 4 === 0 ? H : 1;
      const rows = values.length / (size * width);
      const first = rows === targets ? prompt - 1 : shared;
      const part = k % 4 === 0 ? 0 : H + k % 4 - 1;
      for (let row = 0; row < rows; row++) {
        for (let i = 0; i < width; i++) {
          const at = ((k - k % 4) / 4 * parts + part + i) * positions + first + row;
          all[at] = values[(b * rows + row) * width + i];
        }
      }
    });
    return all;
  });
}
