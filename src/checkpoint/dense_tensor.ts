import { bf16ToF32, f16ToF32 } from "../quant/half.ts";

/** Element types that a tensor may keep unquantized. */
export type DenseDtype = "f32" | "f16" | "bf16";

/** An unquantized tensor. */
export interface DenseTensor {
  /** Tells it from a quantized tensor. */
  readonly kind: "dense";
  /** Type of its elements. */
  readonly dtype: DenseDtype;
  /** Outermost dimension first. */
  readonly shape: readonly number[];
  /** prod(shape) little-endian elements, row-major. */
  readonly data: Uint8Array;
}

/** Element types that stay as they are in the file, by the name that safetensors and GGUF share. */
export const DENSE_DTYPES: ReadonlyMap<string, DenseDtype> = new Map([["F32", "f32"], ["F16", "f16"], [
  "BF16",
  "bf16",
]]);

/** Widens little-endian elements, aligned in their buffer, to f32. Exact. Of f32 it is a view, not a copy. */
export function widenDense(dtype: DenseDtype, bytes: Uint8Array): Float32Array {
  if (dtype === "f32") return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const bits = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  return dtype === "f16" ? f16ToF32(bits) : bf16ToF32(bits);
}

/** Makes a tensor of f32 values, which are not copied. */
export function f32Tensor(shape: readonly number[], values: Float32Array<ArrayBuffer>): DenseTensor {
  return {
    kind: "dense",
    dtype: "f32",
    shape,
    data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}
