/**
 * Conversions between f32 and the 16-bit formats. Widening is exact; narrowing rounds to nearest, ties to even. A NaN
 * stays a NaN.
 */

/** Widens IEEE binary16 bits to f32, into `values` or a new array. */
export function f16ToF32(bits: Uint16Array, values: Float32Array = new Float32Array(bits.length)): Float32Array {
  f16Values ??= new Float32Array(new Float16Array(Uint16Array.from({ length: 2 ** 16 }, (_, i) => i).buffer));
  for (let i = 0; i < bits.length; i++) values[i] = f16Values[bits[i]];
  return values;
}

/** The values of all bit patterns, which are faster to look up than to convert. */
let f16Values: Float32Array | undefined;

/** Narrows f32 to IEEE binary16 bits; values beyond 65519 become infinite. */
export function f32ToF16(values: Float32Array): Uint16Array {
  return new Uint16Array(new Float16Array(values).buffer);
}

/** Widens bfloat16 bits, the upper half of an f32, to f32, into `values` or a new array. */
export function bf16ToF32(bits: Uint16Array, values: Float32Array = new Float32Array(bits.length)): Float32Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i] << 16;
  return values;
}

/** Narrows f32 to bfloat16 bits; NaN becomes 0x7fc0, as in PyTorch. */
export function f32ToBf16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const isNan = (word & 0x7fffffff) > 0x7f800000;
    bits[i] = isNan ? 0x7fc0 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return bits;
}
