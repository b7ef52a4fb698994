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
import { BLOCK, blockKernels, TILE_COLUMNS } from "./block_kernels.ts";
import { halvesOf, packSide, pairGroups, sequenceHeads, tilesOf } from "./block_launches.ts";

/** Elements of the scratch buffers of `blockedAttention`: packed keys and values, scores, and what is known of rows. */
export function blockedScratch(attributes: AttentionAttributes, length: number): number[] {
  const { headSize } = attributes;
  const room = roomFor(length);
  const rows = membersFor(attributes, room) * BLOCK;
  const states = room / TILE_COLUMNS + 2 * headSize / TILE_COLUMNS;
  return [room * headSize, room * headSize, rows * pitchOf(room), rows * states];
}

/**
 * Attention of sequences of one length by blocks of queries, one key and value head after another: scores to memory,
 * then the sums of values by their exponentials, over chunks of keys in order.
 */
export function blockedAttention(
  attributes: QueryAttributes,
  sizes: AttendedSizes,
  qkv: BufferRange,
  [o, lse]: readonly BufferRange[],
  [keys, values, scores, states]: readonly BufferRange[],
): Dispatch[] {
  const { headSize } = attributes;
  const kernels = blockKernels(attributes);
  return eachHead(attributes, sizes, (sequence, kvHead) => {
    return [
      packSide(kernels, attributes, sequence, kvHead, "keys", headSize, qkv, keys),
      packSide(kernels, attributes, sequence, kvHead, "values", TILE_COLUMNS, qkv, values),
      ...headBlocks(attributes, sequence, kvHead).flatMap((at) => [
        ...keyChunks(attributes, at, chunkRows(headSize)).map((chunk) => ({
          kernel: kernels.scores,
          bindings: [qkv, chunkAt(keys, chunk * headSize), scores, states],
          params: blockParams(attributes, at, { ...tilesOf(at), chunk }),
          workgroups: pairGroups(at, headSize),
        })),
        ...halvesOf(headSize).flatMap((half) =>
          keyChunks(attributes, at, chunkRows(TILE_COLUMNS)).map((chunk) => ({
            kernel: kernels.sums("OUTPUT"),
            bindings: [scores, chunkAt(values, (half * at.room + chunk) * TILE_COLUMNS), o, states, lse],
            params: blockParams(attributes, at, { ...tilesOf(at), chunk, half, column: at.head * headSize / 4 }),
            workgroups: [at.members * tilesOf(at).tiles, 1, 1] as const,
          }))
        ),
      ]),
    ];
  });
}

/** Positions of each sequence, and N, how many of the last are queries. */
interface AttendedSizes {
  readonly length: number;
  readonly N: number;
}

/** The launches of each key and value head of each sequence, one after another. */
function eachHead(
  { kvHeads, sequences: B, shared: P }: QueryAttributes,
  { length, N }: AttendedSizes,
  launches: (sequence: BlockSequence, kvHead: number) => Dispatch[],
): Dispatch[] {
  const firstQuery = length - N;
  return sequenceHeads(B, kvHeads).flatMap(([b, kvHead]) => {
    const own = b * (length - P);
    return launches({ length, firstQuery, own, queries: b * N - firstQuery, gradients: 0, results: 0 }, kvHead);
  });
}

/** Elements of the scratch buffers of `blockedTangent`: packed keys and values, theirs, P, P ts, and sums of these. */
export function blockedTangentScratch(attributes: AttentionAttributes, length: number): number[] {
  const [keys, values, pairs, states] = blockedScratch(attributes, length);
  return [keys, values, keys, values, pairs, pairs, states];
}

/** The tangent of o by blocks of queries: P and P ts to memory, then the sums of values' tangents and of values. */
export function blockedTangent(
  attributes: QueryAttributes,
  sizes: AttendedSizes,
  [qkv, o, lse, tangent]: readonly BufferRange[],
  to: BufferRange,
  [keys, values, keyTangents, valueTangents, p, tp, states]: readonly BufferRange[],
): Dispatch[] {
  const { headSize } = attributes;
  const kernels = blockKernels(attributes);
  return eachHead(attributes, sizes, (sequence, kvHead) => {
    const sums = (at: HeadBlock, half: number, chunk: number) => ({
      params: blockParams(attributes, at, { ...tilesOf(at), chunk, half, column: at.head * headSize / 4 }),
      workgroups: [at.members * tilesOf(at).tiles, 1, 1] as const,
    });
    return [
      packSide(kernels, attributes, sequence, kvHead, "keys", headSize, qkv, keys),
      packSide(kernels, attributes, sequence, kvHead, "values", TILE_COLUMNS, qkv, values),
      packSide(kernels, attributes, sequence, kvHead, "keys", headSize, tangent, keyTangents),
      packSide(kernels, attributes, sequence, kvHead, "values", TILE_COLUMNS, tangent, valueTangents),
      ...headBlocks(attributes, sequence, kvHead).flatMap((at) => [
        ...keyChunks(attributes, at, chunkRows(headSize)).map((chunk) => ({
          kernel: kernels.slopes("TANGENT"),
          bindings: [
            ...[qkv, chunkAt(keys, chunk * headSize), chunkAt(keyTangents, chunk * headSize)],
            ...[lse, tangent, null, p, tp],
          ],
          params: blockParams(attributes, at, { ...tilesOf(at), chunk }),
          workgroups: pairGroups(at, headSize),
        })),
        ...halvesOf(headSize).flatMap((half) => {
          const chunks = keyChunks(attributes, at, chunkRows(TILE_COLUMNS));
          const row = (chunk: number) => (half * at.room + chunk) * TILE_COLUMNS;
          return [
            ...chunks.map((chunk) => ({
              kernel: kernels.sums("VALUE"),
              bindings: [p, chunkAt(valueTangents, row(chunk)), to, null, null],
              ...sums(at, half, chunk),
            })),
            ...chunks.map((chunk) => ({
              kernel: kernels.sums("MEAN"),
              bindings: [tp, chunkAt(values, row(chunk)), to, states, o],
              ...sums(at, half, chunk),
            })),
          ];
        }),
      ]),
    ];
  });
}
