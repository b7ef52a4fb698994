import type { GgmlType } from "./ggml_type.ts";

/** Elements in the low nibbles of a block of 32; as many follow in the high ones. */
const LOW_NIBBLES = 16;

/** value = d · (q − 8), d in f16 */
export const Q4_0: GgmlType = {
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
export const Q4_1: GgmlType = {
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

/** value = d · (q − 16), d in f16; bit i of a u32 after it is the fifth bit of element i. */
export const Q5_0: GgmlType = {
  name: "Q5_0",
  elements: 32,
  bytes: 22,
  decode(data, byte, values, at) {
    const d = data.getFloat16(byte, true);
    const fifth = data.getUint32(byte + 2, true);
    for (let i = 0; i < LOW_NIBBLES; i++) {
      const pair = data.getUint8(byte + 6 + i);
      values[at + i] = d * ((pair & 15 | (fifth >>> i & 1) << 4) - 16);
      values[at + i + LOW_NIBBLES] = d * ((pair >> 4 | (fifth >>> i + LOW_NIBBLES & 1) << 4) - 16);
    }
  },
};

/** value = d · q + m, d and m in f16, the fifth bits as in Q5_0. */
export const Q5_1: GgmlType = {
  name: "Q5_1",
  elements: 32,
  bytes: 24,
  decode(data, byte, values, at) {
    const d = data.getFloat16(byte, true);
    const m = data.getFloat16(byte + 2, true);
    const fifth = data.getUint32(byte + 4, true);
    for (let i = 0; i < LOW_NIBBLES; i++) {
      const pair = data.getUint8(byte + 8 + i);
      values[at + i] = d * (pair & 15 | (fifth >>> i & 1) << 4) + m;
      values[at + i + LOW_NIBBLES] = d * (pair >> 4 | (fifth >>> i + LOW_NIBBLES & 1) << 4) + m;
    }
  },
};

/** value = d · q, d in f16 and q in 8 bits */
export const Q8_0: GgmlType = {
  name: "Q8_0",
  elements: 32,
  bytes: 34,
  decode(data, byte, values, at) {
    const d = data.getFloat16(byte, true);
    for (let i = 0; i < 32; i++) values[at + i] = d * data.getInt8(byte + 2 + i);
  },
};

/** The 16 levels of IQ4_NL, closer to each other around zero. */
const LEVELS = Int8Array.of(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

/** value = d · level[q], d in f16 */
export const IQ4_NL: GgmlType = {
  name: "IQ4_NL",
  elements: 32,
  bytes: 18,
  decode(data, byte, values, at) {
    const d = data.getFloat16(byte, true);
    for (let i = 0; i < LOW_NIBBLES; i++) {
      const pair = data.getUint8(byte + 2 + i);
      values[at + i] = d * LEVELS[pair & 15];
      values[at + i + LOW_NIBBLES] = d * LEVELS[pair >> 4];
    }
  },
};
