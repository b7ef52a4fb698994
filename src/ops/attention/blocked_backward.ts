import { grid } from "../../gpu/kernel.ts";
import type { BufferRange, Dispatch } from "../../gpu/pass.ts";
import {
  blockParams,
  type BlockSequence,
  chunkAt,
  chunkRows,
  type HeadBlock,
  headBlocks,
  keyChunks,
  membersFor,
  pitchOf,
  roomFor,
} from "./attention_blocks.ts";
import type { AttentionAttributes, QueryAttributes } from "./attention_layout.ts";
import { BLOCK, type BlockKernels, blockKernels, ROWS, TILE_COLUMNS } from "./block_kernels.ts";
import { halvesOf, packRows, packSide, pairGroups, sequenceHeads, tilesOf } from "./block_launches.ts";

/** Elements of the scratch buffers of `blockedBackward`, behind do·o of each query and head. */
export function blockedBackwardScratch(attributes: AttentionAttributes, length: number): number[] {
  const { headSize } = attributes;
  const room = roomFor(length);
  const members = membersFor(attributes, room);
  const [side, rows, pairs] = [room * headSize, members * BLOCK * headSize, members * BLOCK * pitchOf(room)];
  return [side, side, side, rows, rows, pairs, pairs];
}

/**
 * The gradient of qkv by blocks of queries, one key and value head after another: P and dS to memory, then dq over
 * chunks of keys, and dk and dv over chunks of queries, of one head after another.
 */
export function blockedBackward(
  attributes: QueryAttributes,
  { length, N, n, own: count }: {
    readonly length: number;
    readonly N: number;
    readonly n: number;
    readonly own: number;
  },
  [qkv, o, lse, dOut]: readonly BufferRange[],
  dqkv: BufferRange,
  [delta, keys, values, keyHalves, packedQueries, packedGradients, p, ds]: readonly BufferRange[],
): Dispatch[] {
  const { heads: H, kvHeads, headSize, sequences: B, shared: P } = attributes;
  const kernels = blockKernels(attributes);
  const width = (H + 2 * kvHeads) * headSize;
  const firstQuery = length - n;
  const S = length - P - n + N;
  const start: Dispatch[] = [
    {
      kernel: kernels.delta,
      bindings: [o, dOut, delta],
      params: [B, N, n],
      workgroups: grid(B * n * H, 64),
    },
    // Zeros, to which sums are added.
    packRows(kernels, headSize, qkv, dqkv, {
      ...{ shared: 0, own: 0, begin: 0, end: 0, first: 0, members: 1, column: 0, stride: width, width: headSize },
      room: (P + B * count) * width / headSize,
    }),
  ];
  return [
    ...start,
    ...sequenceHeads(B, kvHeads).flatMap(([b, kvHead]) => {
      const sequence: BlockSequence = {
        length,
        firstQuery,
        own: b * S,
        queries: b * N - firstQuery,
        gradients: b * n - firstQuery,
        results: b * count,
      };
      return [
        packSide(kernels, attributes, sequence, kvHead, "keys", headSize, qkv, keys),
        packSide(kernels, attributes, sequence, kvHead, "values", headSize, qkv, values),
        packSide(kernels, attributes, sequence, kvHead, "keys", TILE_COLUMNS, qkv, keyHalves),
        ...headBlocks(attributes, sequence, kvHead).flatMap((at) => [
          packRows(kernels, headSize, qkv, packedQueries, {
            ...blockRows(at, P, at.own),
            column: at.head * headSize,
            stride: width,
          }),
          packRows(kernels, headSize, dOut, packedGradients, {
            ...blockRows(at, 0, at.gradients),
            column: at.head * headSize,
            stride: H * headSize,
          }),
          ...keyChunks(attributes, at, chunkRows(headSize)).map((chunk) => ({
            kernel: kernels.slopes("BACKWARD"),
            bindings: [
              ...[qkv, chunkAt(keys, chunk * headSize), chunkAt(values, chunk * headSize)],
              ...[lse, dOut, delta, p, ds],
            ],
            params: blockParams(attributes, at, { ...tilesOf(at), chunk }),
            workgroups: pairGroups(at, headSize),
          })),
          ...halvesOf(headSize).flatMap((half) => [
            ...keyChunks(attributes, at, chunkRows(TILE_COLUMNS)).map((chunk) => ({
              kernel: kernels.sums("QUERY"),
              bindings: [ds, chunkAt(keyHalves, (half * at.room + chunk) * TILE_COLUMNS), dqkv, null, null],
              params: blockParams(attributes, at, { ...tilesOf(at), chunk, half, column: at.head * headSize / 4 }),
              workgroups: [at.members * tilesOf(at).tiles, 1, 1] as const,
            })),
            ...keySums(kernels, attributes, at, half, ds, packedQueries, dqkv, H + kvHead),
            ...keySums(kernels, attributes, at, half, p, packedGradients, dqkv, H + kvHeads + kvHead),
          ]),
        ]),
      ];
    }),
  ];
}

/** Launches that add a block's part to dk or dv, which is head number `head` of dqkv. */
function keySums(
  kernels: BlockKernels,
  attributes: QueryAttributes,
  at: HeadBlock,
  half: number,
  pairs: BufferRange,
  packed: BufferRange,
  dqkv: BufferRange,
  head: number,
): Dispatch[] {
  const { headSize, window } = attributes;
  const launches: Dispatch[] = [];
  for (let member = 0; member < at.members; member++) {
    for (let chunk = at.block; chunk < at.end; chunk += chunkRows(TILE_COLUMNS)) {
      const end = Math.min(chunk + chunkRows(TILE_COLUMNS), at.end);
      if (end <= at.firstQuery) continue;
      const seen = window === undefined ? 0 : Math.max(0, chunk + 1 - window);
      const first = Math.floor(seen / ROWS) * ROWS;
      const tiles = Math.ceil((end - first) / ROWS);
      const row = (member * headSize / TILE_COLUMNS + half) * BLOCK + chunk - at.block;
      launches.push({
        kernel: kernels.sums("KEY"),
        bindings: [
          {
            ...pairs,
            offset: pairs.offset + 4 * member * BLOCK * pitchOf(at.room),
            size: 4 * BLOCK * pitchOf(at.room),
          },
          chunkAt(packed, row * TILE_COLUMNS),
          dqkv,
          null,
          null,
        ],
        params: blockParams(attributes, at, { chunk, first, tiles, members: 1, half, column: head * headSize / 4 }),
        workgroups: [tiles, 1, 1],
      });
    }
  }
  return launches;
}

/** Rows of a block's queries, to be packed in parts of 64 columns. */
function blockRows({ firstQuery, end, block, members }: HeadBlock, shared: number, own: number) {
  return { shared, own, begin: firstQuery, end, first: block, room: BLOCK, members, width: TILE_COLUMNS };
}
