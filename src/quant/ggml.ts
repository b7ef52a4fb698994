/** A tensor type of ggml: blocks of elements along a row, each with scales of its own. */
export interface GgmlType {
  readonly name: string;
  /** Elements a block. */
  readonly elements: number;
  /** Bytes a block. */
  readonly bytes: number;
  /** Writes the values of the block that starts at a byte of `data` to `values[at]` and on. */
  readonly decode: (data: DataView, byte: number, values: Float32Array, at: number) => void;
}

/** Elements in the low nibbles of a Q4 block; as many follow in the high ones. */
const LOW_NIBBLES = 16;

/** value = d · (q − 8), d in f16 */
const Q4_0: GgmlType = {
  name: "Q4_0",
  elements: 32,
  bytes: 18,
  decode(data, byte, values, at) {
    const d = data.getFloat16(byte, true);
    for (let i = 0; i < LOW_NIBBLES; i++) {
      const pair = data.getUint8(byte + 2 + i);
      values[at + i] = d * ((pair & 15) - 8);
      values[at + i + LOW_NIBBLES] = d * ((pair >> 4) - 8);
    }
  },
};

/** value = d · q + m, d and m in f16. The product fits f32 exactly, so the sum's rounding is the only one. */
const Q4_1: GgmlType = {
  name: "Q4_1",
  elements: 32,
  bytes: 20,
  decode(data, byte, values, at) {
    const d = data.getFloat16(byte, true);
    const m = data.getFloat16(byte + 2, true);
    for (let i = 0; i < LOW_NIBBLES; i++) {
      const pair = data.getUint8(byte + 4 + i);
      values[at + i] = d * (pair & 15) + m;
      values[at + i + LOW_NIBBLES] = d * (pair >> 4) + m;
    }
  },
};

/** value = d · q, d in f16 and q in 8 bits */
const Q8_0: GgmlType = {
  name: "Q8_0",
  elements: 32,
  bytes: 34,
  decode(data, byte, values, at) {
    const d = data.getFloat16(byte, true);
    for (let i = 0; i < 32; i++) values[at + i] = d * data.getInt8(byte + 2 + i);
  },
};

/**
 * value = d · scale · (q − 32): 16 groups of 16 elements with 8-bit scales.
 * Bytes: 128 of low nibbles, 64 of the upper two bits, 16 scales, d in f16. Either half of the block (128 elements) has
 * 64 bytes of nibbles, low before high, and 32 bytes of upper bits, four elements each, 32 elements apart.
 */
const Q6_K: GgmlType = {
  name: "Q6_K",
  elements: 256,
  bytes: 210,
  decode(data, byte, values, at) {
    const d = data.getFloat16(byte + 208, true);
    for (let i = 0; i < 256; i++) {
      const half = i >> 7;
      const within = i & 127;
      const low = (data.getUint8(byte + 64 * half + (within & 63)) >> (within < 64 ? 0 : 4)) & 15;
      const high = (data.getUint8(byte + 128 + 32 * half + (within & 31)) >> (2 * (within >> 5))) & 3;
      const scale = d * data.getInt8(byte + 192 + (i >> 4));
      values[at + i] = scale * (((high << 4) | low) - 32);
    }
  },
};

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
 * Source: `ggml-quants.c` of llama.cpp; values are those that the `gguf` Python package gives, bit for bit.
 */
export const GGML_TYPES: ReadonlyMap<number, GgmlType> = new Map([
  [0, F32],
  [1, F16],
  [2, Q4_0],
  [3, Q4_1],
  [8, Q8_0],
  [14, Q6_K],
  [30, BF16],
]);

/**
 * The f32 values of whole blocks.
 *
 * @throws TypeError where `data` holds no whole number of blocks
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
