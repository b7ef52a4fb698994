import assert from "node:assert/strict";
import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from "../../src/quant/half.ts";

const ALL = Uint16Array.from({ length: 65536 }, (_, i) => i);

/** The value of binary16 bits by the definition of the format. */
function f16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24);
}

/** The value of bfloat16 bits by the definition of the format. */
function bf16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 7) & 255, bits & 127];
  if (exponent === 255) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (128 + fraction) * 2 ** (exponent - 134) : fraction * 2 ** -133);
}

Deno.test("f16ToF32() is exact for all bit patterns", () => {
  assert.deepEqual([...f16ToF32(ALL)], [...ALL].map(f16Value));
});

Deno.test("bf16ToF32() is exact for all bit patterns", () => {
  assert.deepEqual([...bf16ToF32(ALL)], [...ALL].map(bf16Value));
});

Deno.test("f32ToF16() and f32ToBf16() invert widening for all numbers and keep NaN", () => {
  for (const [narrow, widen] of [[f32ToF16, f16ToF32], [f32ToBf16, bf16ToF32]] as const) {
    const values = widen(ALL);
    const back = narrow(values);
    values.forEach((value, i) => {
      if (Number.isNaN(value)) assert.ok(Number.isNaN(widen(back.slice(i, i + 1))[0]));
      else assert.equal(back[i], ALL[i]);
    });
  }
});

Deno.test("f32ToF16() rounds to nearest, ties to even, and overflows to infinity", () => {
  const values = Float32Array.of(
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
    1 + 2 ** -11 + 2 ** -20,
    2 ** -25,
    3 * 2 ** -25,
    65519,
    65520,
  );
  assert.deepEqual([...f32ToF16(values)], [0x3c00, 0x3c02, 0x3c01, 0x0000, 0x0002, 0x7bff, 0x7c00]);
});

Deno.test("f32ToBf16() rounds to nearest, ties to even, and overflows to infinity", () => {
  const values = Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, 3.4e38, -3.4e38, 2 ** -134);
  assert.deepEqual([...f32ToBf16(values)], [0x3f80, 0x3f82, 0x3f81, 0x7f80, 0xff80, 0x0000]);
});

Deno.test("f16ToF32() reads a view that does not start at its buffer", () => {
  const bits = Uint16Array.of(0x3c00, 0x4000, 0x4200);
  assert.deepEqual([...f16ToF32(bits.subarray(1))], [2, 3]);
  assert.deepEqual([...bf16ToF32(Uint16Array.of(0, 0x3f80).subarray(1))], [1]);
});
