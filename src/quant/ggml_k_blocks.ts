import type { GgmlType } from "./ggml_type.ts";

/**
 * The "K" types: blocks of 256 elements in groups of 16 or 32, whose scales are small integers times the block's f16 d.
 * Every product fits f32 exactly, so that a difference's rounding is the only one.
 */
const ELEMENTS = 256;

/**
 * value = d · scale · q − dmin · min: groups of 16, four bits each of scale and min, two of q. Bytes: 16 of mins (high)
 * and scales (low), 64 of q, d, dmin. Either half of the block (128 elements) has 32 bytes of q, four elements each, 32
 * elements apart.
 */
export const Q2_K: GgmlType = {
  name: "Q2_K",
  elements: ELEMENTS,
  bytes: 84,
  decode(data, byte, values, at) {
    const d = data.getFloat16(byte + 80, true);
    const dmin = data.getFloat16(byte + 82, true);
    for (let group = 0; group < 16; group++) {
      const pair = data.getUint8(byte + group);
      const scale = d * (pair & 15);
      const min = dmin * (pair >> 4);
      const codes = byte + 16 + twoBitByte(group);
      const shift = twoBitShift(group);
      const to = at + 16 * group;
      for (let i = 0; i < 16; i++) values[to + i] = scale * (data.getUint8(codes + i) >> shift & 3) - min;
    }
  },
};

/**
 * value = d · (scale − 32) · (q − 4 if the third bit is unset): groups of 16, six bits of scale.
 * Bytes: 32 of third bits, bit b of byte j for element 32 b + j; 64 of the lower two as in Q2_K; 12 of scales, d.
 */
export const Q3_K: GgmlType = {
  name: "Q3_K",
  elements: ELEMENTS,
  bytes: 110,
  decode(data, byte, values, at) {
    const d = data.getFloat16(byte + 108, true);
    for (let group = 0; group < 16; group++) {
      const low = data.getUint8(byte + 96 + (group & 7)) >> 4 * (group >> 3) & 15;
      const high = data.getUint8(byte + 104 + (group & 3)) >> 2 * (group >> 2) & 3;
      const scale = d * ((high << 4 | low) - 32);
      const codes = byte + 32 + twoBitByte(group);
      const shift = twoBitShift(group);
      const thirds = byte + 16 * (group & 1);
      const third = group >> 1;
      const to = at + 16 * group;
      for (let i = 0; i < 16; i++) {
        const offset = (data.getUint8(thirds + i) >> third & 1) === 1 ? 0 : 4;
        values[to + i] = scale * ((data.getUint8(codes + i) >> shift & 3) - offset);
      }
    }
  },
};

/** First byte of the two-bit codes of a group of 16, and the shift within its bytes. */
function twoBitByte(group: number): number {
  return 32 * (group >> 3) + 16 * (group & 1);
}

function twoBitShift(group: number): number {
  return 2 * (group >> 1 & 3);
}

/**
 * value = d · scale · q − dmin · min: groups of 32, six bits each of scale and min, four of q.
 * Bytes: d, dmin, 12 of scales and mins, 128 of q: 32 bytes for two groups, the first in the low nibbles.
 */
export const Q4_K: GgmlType = {
  name: "Q4_K",
  elements: ELEMENTS,
  bytes: 144,
  decode(data, byte, values, at) {
    const d = data.getFloat16(byte, true);
    const dmin = data.getFloat16(byte + 2, true);
    for (let group = 0; group < 8; group++) {
      const scale = d * sixBitScale(data, byte + 4, group);
      const min = dmin * sixBitMin(data, byte + 4, group);
      const codes = byte + 16 + 32 * (group >> 1);
      const shift = 4 * (group & 1);
      const to = at + 32 * group;
      for (let i = 0; i < 32; i++) values[to + i] = scale * (data.getUint8(codes + i) >> shift & 15) - min;
    }
  },
};

/** As Q4_K with a fifth bit of q: 32 bytes after the scales, bit g of byte j for element j of group g. */
export const Q5_K: GgmlType = {
  name: "Q5_K",
  elements: ELEMENTS,
  bytes: 176,
  decode(data, byte, values, at) {
    const d = data.getFloat16(byte, true);
    const dmin = data.getFloat16(byte + 2, true);
    for (let group = 0; group < 8; group++) {
      const scale = d * sixBitScale(data, byte + 4, group);
      const min = dmin * sixBitMin(data, byte + 4, group);
      const codes = byte + 48 + 32 * (group >> 1);
      const shift = 4 * (group & 1);
      const to = at + 32 * group;
      for (let i = 0; i < 32; i++) {
        const fifth = (data.getUint8(byte + 16 + i) >> group & 1) << 4;
        values[to + i] = scale * (data.getUint8(codes + i) >> shift & 15 | fifth) - min;
      }
    }
  },
};

/**
 * Groups 0 to 3 have six bits of a byte of their own, 4 to 7 a nibble and the upper two bits of an earlier group's
 * byte.
 */
function sixBitScale(data: DataView, byte: number, group: number): number {
  if (group < 4) return data.getUint8(byte + group) & 63;
  return data.getUint8(byte + group + 4) & 15 | data.getUint8(byte + group - 4) >> 2 & 0x30;
}

function sixBitMin(data: DataView, byte: number, group: number): number {
  if (group < 4) return data.getUint8(byte + group + 4) & 63;
  return data.getUint8(byte + group + 4) >> 4 | data.getUint8(byte + group) >> 2 & 0x30;
}

/**
 * value = d · scale · (q − 32): groups of 16 with 8-bit scales.
 * Bytes: 128 of low nibbles, 64 of the upper two bits, 16 scales, d in f16. Either half of the block (128 elements) has
 * 64 bytes of nibbles, low before high, and 32 bytes of upper bits, four elements each, 32 elements apart.
 */
export const Q6_K: GgmlType = {
  name: "Q6_K",
  elements: ELEMENTS,
  bytes: 210,
  decode(data, byte, values, at) {
    const d = data.getFloat16(byte + 208, true);
    for (let group = 0; group < 16; group++) {
      const scale = d * data.getInt8(byte + 192 + group);
      const half = group >> 3;
      const lows = byte + 64 * half + 16 * (group & 3);
      const lowShift = 4 * (group >> 2 & 1);
      const highs = byte + 128 + twoBitByte(group);
      const highShift = twoBitShift(group);
      const to = at + 16 * group;
      for (let i = 0; i < 16; i++) {
        const low = data.getUint8(lows + i) >> lowShift & 15;
        const high = data.getUint8(highs + i) >> highShift & 3;
        values[to + i] = scale * ((high << 4 | low) - 32);
      }
    }
  },
};
