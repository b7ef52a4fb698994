import { storageOf, type Tensor } from "./tensor.ts";

const F32_EXPONENT = 0x7f800000;
const F16_EXPONENT = 0x7c00;
const BF16_EXPONENT = 0x7f80;

/**
 * Checks that no weight is NaN or infinite; of a quantized tensor, no scale.
 *
 * @param what names file and tensor in the message
 * @throws {RangeError} if one is, at the first such element
 */
export function assertFinite(tensor: Tensor, what: string): void {
  const { data, scales } = storageOf(tensor);
  if (tensor.kind !== "dense") {
    assertFiniteF32(scales!, `${tensor.kind === "nf4" ? "absmax" : "scales"} of ${what}`);
  } else if (tensor.dtype === "f32") {
    assertFiniteF32(new Float32Array(data.buffer, data.byteOffset, data.length / 4), what);
  } else {
    const bits = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
    assertExponentsBelow(bits, tensor.dtype === "f16" ? F16_EXPONENT : BF16_EXPONENT, what);
  }
}

/** Checks that no value is NaN or infinite; throws as `assertFinite`. */
export function assertFiniteF32(values: Float32Array, what: string): void {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  assertExponentsBelow(words, F32_EXPONENT, what);
}

// A plain loop: `findIndex` takes ten times as long.
function assertExponentsBelow(words: Uint16Array | Uint32Array, exponent: number, what: string): void {
  for (let i = 0; i < words.length; i++) {
    if ((words[i] & exponent) === exponent) {
      throw new RangeError(`Cannot use ${what} as every element must be finite: got NaN or Inf at ${i}`);
    }
  }
}
