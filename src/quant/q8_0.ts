/** A matrix in ggml's Q8_0: blocks of 32 along the flattened row-major weight, value = scale · code. */
export interface Q8Tensor {
  /** Tells it from a dense tensor. */
  readonly kind: "q8_0";
  /** [out, in] */
  readonly shape: readonly [number, number];
  /** [out·in] signed codes, one a byte. */
  readonly codes: Uint8Array;
  /** [out·in / 32] The file's f16 scales, widened. */
  readonly scales: Float32Array;
}

/** Elements that share one scale. */
export const Q8_0_BLOCK = 32;

const BLOCK_BYTES = 2 + Q8_0_BLOCK;

/** Separates the scales of ggml's blocks (an f16, then 32 codes) from their codes, as kernels read them. */
export function splitQ8_0(blocks: Uint8Array, shape: readonly [number, number]): Q8Tensor {
  const count = shape[0] * shape[1] / Q8_0_BLOCK;
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length);
  const codes = new Uint8Array(count * Q8_0_BLOCK);
  const scales = new Float32Array(count);
  for (let block = 0; block < count; block++) {
    const byte = block * BLOCK_BYTES;
    scales[block] = view.getFloat16(byte, true);
    codes.set(blocks.subarray(byte + 2, byte + BLOCK_BYTES), block * Q8_0_BLOCK);
  }
  return { kind: "q8_0", shape, codes, scales };
}

/** The f32 values, into `values` or a new array; exact, as 11 bits times 8 fit. */
export function dequantizeQ8_0(
  { codes, scales }: Pick<Q8Tensor, "codes" | "scales">,
  values: Float32Array = new Float32Array(codes.length),
): Float32Array {
  const signed = new Int8Array(codes.buffer, codes.byteOffset, codes.length);
  for (let block = 0, i = 0; i < signed.length; block++) {
    const scale = scales[block];
    for (const end = Math.min(signed.length, i + Q8_0_BLOCK); i < end; i++) values[i] = scale * signed[i];
  }
  return values;
}
