import type { Int4Groups } from "./int4_groups.ts";
import { unpackRows, unpackZeros } from "./int4_groups.ts";

/** Elements that may share a scale and an offset, as kernels read them. */
export type Int4Block = 32 | 64;

/**
 * A matrix in 4-bit codes, as kernels read it whatever the file format: blocks along the flattened row-major weight,
 * value = scale · code + offset. Scales of at most 11 bits times codes of at most 5 fit f32, so that ggml's Q4_0 and
 * Q4_1, GPTQ and AWQ keep their values exactly.
 */
export interface Int4Tensor {
  /** Tells it from a dense tensor. */
  readonly kind: "int4";
  /** [out, in] */
  readonly shape: readonly [number, number];
  /** Elements that share a scale and an offset. */
  readonly block: Int4Block;
  /** [out·in / 2] two codes a byte, the first in the low bits. */
  readonly codes: Uint8Array;
  /** [out·in / block, 2] scale and offset of each block. */
  readonly scales: Float32Array;
}

/** Elements of a block of ggml's Q4_0 and Q4_1. */
const GGML_BLOCK = 32;
/** Bytes before the codes: an f16 scale, and in Q4_1 an f16 offset. */
const HEADS = { Q4_0: 2, Q4_1: 4 } as const;

/** The names of ggml's types that are kept in 4 bits. */
type GgmlInt4 = keyof typeof HEADS;

/** Puts ggml's blocks, whose bytes pair element i with element i + 16, into the order of the elements. */
export function splitGgmlInt4(type: GgmlInt4, blocks: Uint8Array, shape: readonly [number, number]): Int4Tensor {
  const head = HEADS[type];
  const bytes = head + GGML_BLOCK / 2;
  const count = shape[0] * shape[1] / GGML_BLOCK;
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length);
  const codes = new Uint8Array(count * GGML_BLOCK / 2);
  const scales = new Float32Array(2 * count);
  for (let block = 0; block < count; block++) {
    const byte = block * bytes;
    const scale = view.getFloat16(byte, true);
    scales[2 * block] = scale;
    scales[2 * block + 1] = type === "Q4_0" ? -8 * scale : view.getFloat16(byte + 2, true);
    for (let i = 0; i < GGML_BLOCK / 4; i++) {
      const [one, next] = [blocks[byte + head + 2 * i], blocks[byte + head + 2 * i + 1]];
      const to = block * GGML_BLOCK / 2 + i;
      codes[to] = one & 15 | next << 4;
      codes[to + GGML_BLOCK / 4] = one >> 4 | next & 240;
    }
  }
  return { kind: "int4", shape, block: GGML_BLOCK, codes, scales };
}

/**
 * The largest block that divides groups of this size; null if there is none, and the matrix cannot be kept in 4 bits.
 */
export function int4Block(groupSize: number): Int4Block | null {
  return groupSize % 64 === 0 ? 64 : groupSize % 32 === 0 ? 32 : null;
}

/** The same values with the groups along the rows, which must follow each other and be whole blocks. */
export function alongRows(tensor: Int4Groups, block: Int4Block): Int4Tensor {
  const { shape, scales: steps, groups } = tensor;
  const [outputs, columns] = shape;
  const zeros = unpackZeros(tensor);
  const codes = new Uint8Array(outputs * columns / 2);
  const scales = new Float32Array(2 * outputs * columns / block);
  unpackRows(tensor, Array.from({ length: outputs }, (_, row) => row), (row, unpacked) => {
    for (let i = 0; i < columns; i += 2) codes[(row * columns + i) / 2] = unpacked[i] | unpacked[i + 1] << 4;
    for (let i = 0; i < columns; i += block) {
      const at = groups[i] * outputs + row;
      scales.set([steps[at], -steps[at] * zeros[at]], 2 * (row * columns + i) / block);
    }
  });
  return { kind: "int4", shape, block, codes, scales };
}

/** The f32 values of as many codes as `values` has room for. Default: a new array, for all of them. */
export function dequantizeInt4Blocks(
  { codes, scales, block }: Pick<Int4Tensor, "codes" | "scales" | "block">,
  values: Float32Array = new Float32Array(2 * codes.length),
): Float32Array {
  for (let at = 0, i = 0; i < values.length; at += 2) {
    const [scale, offset] = [scales[at], scales[at + 1]];
    for (const end = Math.min(values.length, i + block); i < end; i++) {
      values[i] = scale * (codes[i >> 1] >> 4 * (i & 1) & 15) + offset;
    }
  }
  return values;
}
