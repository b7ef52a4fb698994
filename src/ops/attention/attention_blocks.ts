import type { BufferRange } from "../../gpu/pass.ts";
import type { KernelAdapter } from "../op.ts";
import { BLOCK, ROWS, TILE_COLUMNS } from "./block_kernels.ts";
import { type AttentionAttributes, type QueryAttributes, windowParam } from "./attention_layout.ts";

/** Bytes of a uniform buffer, on any adapter: as in block_lib.wgsl. */
const CHUNK_BYTES = 2 ** 16;
/** Positions of which the packed rows of half a head are a chunk. */
const CHUNK_ROWS = CHUNK_BYTES / 4 / TILE_COLUMNS;
/** Positions from which on attention goes by blocks, which shorter ones do not fill. */
const LONG = 768;
/** Elements of the pairs of a block at most: what can be bound, on any adapter. */
const MOST_PAIRS = 2 ** 25;

/** True if attention over so many positions goes by blocks: where software loads by the lane, and lanes can shuffle. */
export function goesByBlocks(
  { headSize }: AttentionAttributes,
  positions: number,
  { subgroups, software = false }: KernelAdapter,
): boolean {
  return subgroups && software && positions >= LONG && [64, 128, 256].includes(headSize);
}

/** A sequence: the positions that count, the first that is a query, and rows of its position 0. */
export interface BlockSequence {
  readonly length: number;
  readonly firstQuery: number;
  readonly own: number;
  /** Row of position 0 in o and lse; it may be below 0. */
  readonly queries: number;
  /** Row of position 0 in the gradient of o, and in that of qkv. */
  readonly gradients: number;
  readonly results: number;
}

/** A block of queries of some heads that share one key and value. */
export interface HeadBlock extends BlockSequence {
  readonly kvHead: number;
  readonly head: number;
  readonly members: number;
  readonly block: number;
  /** First position of the tiles of its queries, and the one behind its last query. */
  readonly first: number;
  readonly end: number;
  readonly room: number;
}

/** Positions that scratch buffers have room for. */
export function roomFor(length: number): number {
  return Math.ceil(length / CHUNK_ROWS) * CHUNK_ROWS;
}

/** Elements of a row of pairs: more than its keys, so that rows start in different sets of a cache. */
export function pitchOf(room: number): number {
  return room + 16;
}

/** Query heads of one key and value whose pairs are in memory together. */
export function membersFor({ heads, kvHeads }: AttentionAttributes, room: number): number {
  return Math.max(1, Math.min(heads / kvHeads, Math.floor(MOST_PAIRS / (BLOCK * pitchOf(room)))));
}

/** The blocks of one key and value head of a sequence, in order. */
export function headBlocks(attributes: AttentionAttributes, sequence: BlockSequence, kvHead: number): HeadBlock[] {
  const { heads, kvHeads } = attributes;
  const { length, firstQuery } = sequence;
  const room = roomFor(length);
  const most = membersFor(attributes, room);
  const group = heads / kvHeads;
  const blocks: HeadBlock[] = [];
  for (let block = Math.floor(firstQuery / BLOCK) * BLOCK; block < length; block += BLOCK) {
    const first = Math.max(block, Math.floor(firstQuery / ROWS) * ROWS);
    const end = Math.min(block + BLOCK, length);
    for (let member = 0; member < group; member += most) {
      const head = kvHead * group + member;
      const members = Math.min(most, group - member);
      blocks.push({ ...sequence, kvHead, head, members, block, first, end, room });
    }
  }
  return blocks;
}

/** Tiles of rows from position `first` on, of heads from `head` on, and the columns that they meet. */
interface BlockTiles {
  readonly chunk: number;
  readonly first: number;
  readonly tiles: number;
  readonly members: number;
  readonly half?: number;
  readonly column?: number;
}

/** Parameters of the kernels of a block. */
export function blockParams(attributes: QueryAttributes, at: HeadBlock, tiles: BlockTiles): number[] {
  const { shared } = attributes;
  const { chunk, first, members, half = 0, column = 0 } = tiles;
  return [
    ...[shared, at.own, at.length - 1, at.firstQuery, at.queries, at.gradients, at.results, at.room, at.block],
    ...[first, tiles.tiles, at.head, members, chunk, half, column, windowParam(attributes)],
  ];
}

/** First positions of the chunks of `size` that hold what queries from `first` to `end` see. */
export function keyChunks({ window }: AttentionAttributes, { first, end }: HeadBlock, size: number): number[] {
  return chunksOf(window === undefined ? 0 : Math.max(0, first + 1 - window), end, size);
}

/** First positions of the chunks of `size` that hold positions [from, end). */
function chunksOf(from: number, end: number, size: number): number[] {
  const first = Math.floor(from / size) * size;
  return Array.from({ length: Math.ceil((end - first) / size) }, (_, i) => first + i * size);
}

/** Positions of a chunk of packed rows of so many columns. */
export function chunkRows(columns: number): number {
  return CHUNK_BYTES / 4 / columns;
}

/** A chunk of packed rows from an element on. */
export function chunkAt({ buffer, offset }: BufferRange, element: number): BufferRange {
  return { buffer, offset: offset + 4 * element, size: CHUNK_BYTES };
}
