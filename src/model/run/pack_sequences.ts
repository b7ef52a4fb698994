import type { MemoryFit } from "./chunk_plan.ts";

/**
 * Cuts a list of sequences of different lengths into packs that run together, of about as many rows each, in order.
 *
 * @param rows of a pack, at most about
 * @param fits tells if a pack fits the memory
 * @throws {RangeError} if not even one sequence fits
 */
export function packSequences<S extends { readonly rows: number }>(
  sequences: readonly S[],
  rows: number,
  fits: (pack: readonly S[]) => MemoryFit,
): S[][] {
  const total = sequences.reduce((sum, { rows }) => sum + rows, 0);
  for (let most = rows;; most /= 2) {
    const packs = cut(sequences, total / Math.ceil(total / most));
    const tooLarge = packs.find((pack) => !fits(pack).fits);
    if (tooLarge === undefined) return packs;
    if (packs.every((pack) => pack.length === 1)) fits(tooLarge).refuse();
  }
}

/** Puts each sequence into the piece of its middle row, if all rows were cut into pieces of `size`. */
function cut<S extends { readonly rows: number }>(sequences: readonly S[], size: number): S[][] {
  const packs = new Map<number, S[]>();
  let before = 0;
  for (const sequence of sequences) {
    const piece = Math.floor((before + sequence.rows / 2) / size);
    packs.set(piece, [...packs.get(piece) ?? [], sequence]);
    before += sequence.rows;
  }
  return [...packs.values()];
}
