import { IQ4_NL, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 } from "./ggml_blocks.ts";
import { Q2_K, Q3_K, Q4_K, Q5_K, Q6_K } from "./ggml_k_blocks.ts";
import type { GgmlType } from "./ggml_type.ts";

/** One element; 1.0 in bfloat16 is the upper half of 1.0 in f32. */
const BF16: GgmlType = {
  name: "BF16",
  elements: 1,
  bytes: 2,
  decode(data, byte, values, at) {
    WORD.setUint32(0, data.getUint16(byte, true) << 16);
    values[at] = WORD.getFloat32(0);
  },
};

const WORD = new DataView(new ArrayBuffer(4));

const F16: GgmlType = {
  name: "F16",
  elements: 1,
  bytes: 2,
  decode: (data, byte, values, at) => values[at] = data.getFloat16(byte, true),
};

const F32: GgmlType = {
  name: "F32",
  elements: 1,
  bytes: 4,
  decode: (data, byte, values, at) => values[at] = data.getFloat32(byte, true),
};

/**
 * The supported types by the number that GGUF files name them with.
 *
 * Source: `ggml-quants.c` of llama.cpp; values are those of the `gguf` Python package, bit for bit.
 */
export const GGML_TYPES: ReadonlyMap<number, GgmlType> = new Map([
  [0, F32],
  [1, F16],
  [2, Q4_0],
  [3, Q4_1],
  [6, Q5_0],
  [7, Q5_1],
  [8, Q8_0],
  [10, Q2_K],
  [11, Q3_K],
  [12, Q4_K],
  [13, Q5_K],
  [14, Q6_K],
  [20, IQ4_NL],
  [30, BF16],
]);

/**
 * The f32 values of whole blocks.
 *
 * @throws {TypeError} if `data` holds no whole number of blocks
 */
export function dequantizeGgml(type: GgmlType, data: Uint8Array): Float32Array<ArrayBuffer> {
  const blocks = data.length / type.bytes;
  if (!Number.isInteger(blocks)) {
    throw new TypeError(
      `Cannot read ${type.name} as its bytes must be a multiple of ${type.bytes}: got ${data.length}`,
    );
  }
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const values = new Float32Array(blocks * type.elements);
  for (let block = 0; block < blocks; block++) type.decode(view, block * type.bytes, values, block * type.elements);
  return values;
}
