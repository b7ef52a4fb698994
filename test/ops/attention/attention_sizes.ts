import { fourToTwo, type Heads, sevenToOne, threeToOne, twoToOne, wide } from "./attention_sample.ts";

/** Awkward sizes: heads, sequences and positions. */
export const ATTENTION_SIZES: readonly (readonly [Heads, B: number, S: number])[] = [
  [sevenToOne, 2, 1],
  [sevenToOne, 1, 65],
  [threeToOne, 3, 63],
  [threeToOne, 1, 257],
  [twoToOne, 2, 64],
  [twoToOne, 1, 1500],
  [fourToTwo, 2, 33],
  [wide, 1, 40],
  // Queries that start in the middle of a tile, at its edges, in a later one, and with the last row alone.
  [{ ...sevenToOne, firstQuery: 18 }, 2, 31],
  [{ ...threeToOne, firstQuery: 31 }, 3, 63],
  [{ ...threeToOne, firstQuery: 32 }, 3, 63],
  [{ ...twoToOne, firstQuery: 77 }, 2, 131],
  [{ ...fourToTwo, firstQuery: 69 }, 2, 70],
  [{ ...wide, firstQuery: 45 }, 2, 66],
  // Shared rows within a tile, whole tiles of them, up to the first query, and all but one row.
  [{ ...sevenToOne, shared: 3, firstQuery: 3 }, 2, 31],
  [{ ...threeToOne, shared: 45, firstQuery: 45 }, 3, 70],
  [{ ...threeToOne, shared: 64, firstQuery: 66 }, 3, 71],
  [{ ...twoToOne, shared: 33, firstQuery: 77 }, 2, 131],
  [{ ...fourToTwo, shared: 69, firstQuery: 69 }, 2, 70],
  [{ ...wide, shared: 17, firstQuery: 45 }, 3, 66],
  // Windows within a tile, of whole tiles, over edges of tiles, of one position; and other scores.
  [{ ...fourToTwo, window: 5, scale: 0.9, softCap: 1.25 }, 2, 65],
  [{ ...threeToOne, window: 32 }, 1, 161],
  [{ ...fourToTwo, window: 33, scale: 0.9, softCap: 1.25 }, 2, 131],
  [{ ...fourToTwo, window: 64, scale: 0.9, softCap: 1.25 }, 1, 200],
  [{ ...threeToOne, window: 1 }, 2, 40],
  // The same where rows are shared and queries start late.
  [{ ...threeToOne, window: 20, shared: 45, firstQuery: 61 }, 3, 100],
  [{ ...fourToTwo, window: 40, shared: 64, firstQuery: 64, scale: 0.9, softCap: 1.25 }, 2, 131],
  // So many heads to one that a thread's loops would pass the 65,535 iterations after which Mesa's driver ends them.
  [{ heads: 840, kvHeads: 1, headSize: 36, firstQuery: 0 }, 1, 65],
];

/** Says a size in words. */
export function titleOf(
  { heads, kvHeads, headSize, firstQuery, shared = 0, window, scale, softCap }: Heads,
  B: number,
  S: number,
): string {
  return `${B} × ${S} positions, ${heads} heads of ${headSize} to ${kvHeads}, queries from ${firstQuery}` +
    (shared > 0 ? `, ${shared} shared` : "") + (window === undefined ? "" : `, window ${window}`) +
    (scale === undefined ? "" : `, scale ${scale}`) + (softCap === undefined ? "" : `, soft-cap ${softCap}`);
}
