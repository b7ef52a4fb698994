import { grid } from "../../gpu/kernel.ts";
import type { BufferRange, Dispatch } from "../../gpu/pass.ts";
import { type BlockSequence, chunkRows, type HeadBlock, roomFor } from "./attention_blocks.ts";
import type { QueryAttributes } from "./attention_layout.ts";
import { type BlockKernels, ROWS, TILE_COLUMNS } from "./block_kernels.ts";

/** Rows to pack: heads of a matrix from a column on, positions that are not zero, and the width of packed parts. */
interface PackedRows {
  readonly shared: number;
  readonly own: number;
  readonly begin: number;
  readonly end: number;
  readonly first: number;
  readonly room: number;
  readonly members: number;
  readonly column: number;
  readonly stride: number;
  readonly width: number;
}

/** The launch that packs heads of rows, of which columns and widths are in elements. */
export function packRows(
  { pack }: BlockKernels,
  headSize: number,
  from: BufferRange,
  to: BufferRange,
  rows: PackedRows,
): Dispatch {
  const { shared, own, begin, end, first, room, members, column, stride, width } = rows;
  return {
    kernel: pack,
    bindings: [from, to],
    params: [shared, own, begin, end, first, room, members, column / 4, stride / 4, width / 4],
    workgroups: grid(members * room * headSize / 4, 64),
  };
}

/** Pairs of a sequence and a key and value head. */
export function sequenceHeads(B: number, kvHeads: number): [b: number, kvHead: number][] {
  return Array.from({ length: B * kvHeads }, (_, i) => [Math.floor(i / kvHeads), i % kvHeads]);
}

/** Numbers of the halves of a head. */
export function halvesOf(headSize: number): number[] {
  return Array.from({ length: headSize / TILE_COLUMNS }, (_, half) => half);
}

/** Tiles of a block's queries. */
export function tilesOf({ first, end, members }: HeadBlock) {
  return { first, tiles: Math.ceil((end - first) / ROWS), members };
}

/** Workgroups of a kernel of a block's pairs with a chunk of keys. */
export function pairGroups(at: HeadBlock, headSize: number): [number, number, number] {
  return [at.members * tilesOf(at).tiles * chunkRows(headSize) / TILE_COLUMNS, 1, 1];
}

/** Packs all keys or values of a head in parts of so many columns. */
export function packSide(
  kernels: BlockKernels,
  { heads: H, kvHeads, headSize, shared }: QueryAttributes,
  { own, length }: BlockSequence,
  kvHead: number,
  side: "keys" | "values",
  width: number,
  from: BufferRange,
  to: BufferRange,
): Dispatch {
  return packRows(kernels, headSize, from, to, {
    ...{ shared, own, begin: 0, end: length, first: 0, room: roomFor(length), members: 1, width },
    column: (H + (side === "keys" ? 0 : kvHeads) + kvHead) * headSize,
    stride: (H + 2 * kvHeads) * headSize,
  });
}
