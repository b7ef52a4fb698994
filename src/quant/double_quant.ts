import { dynamicCode, dynamicMap } from "./dynamic_map.ts";
import { meanF32 } from "./mean_f32.ts";

/** Blocks of NF4 whose absmax share one absmax of their own. */
export const NESTED_BLOCK = 256;

/** The absmax of an NF4 matrix, themselves quantized to 8 bits ("double", "nested" or "compressed" statistics). */
interface NestedAbsmax {
  /** [blocks] indices into `code` */
  readonly codes: Uint8Array;
  /** [256] ascending */
  readonly code: Float32Array;
  /** [ceil(blocks / 256)] */
  readonly absmax: Float32Array;
  /** The mean, subtracted before quantization; an f32 value. */
  readonly offset: number;
}

/**
 * absmax[i] = code[codes[i]] · absmax2[i >> 8] + offset, each operation rounded to f32.
 *
 * Source: Dettmers et al., QLoRA (2023), section 3; the order of operations is bitsandbytes'.
 *
 * @throws {TypeError} if the sizes do not fit each other
 */
export function expandNestedAbsmax(nested: NestedAbsmax): Float32Array {
  const { codes, code, absmax, offset } = nested;
  if (code.length !== 256) {
    throw new TypeError(`Cannot expand nested absmax as its code map must have 256 values: got ${code.length}`);
  }
  const blocks = Math.ceil(codes.length / NESTED_BLOCK);
  if (absmax.length !== blocks) {
    throw new TypeError(
      `Cannot expand nested absmax as nested_absmax must have ${blocks} values: got ${absmax.length}`,
    );
  }
  const expanded = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    expanded[i] = Math.fround(code[codes[i]] * absmax[i >> 8]) + offset;
  }
  return expanded;
}

/**
 * Quantizes the absmax of an NF4 matrix to 8 bits in blocks of 256, bit for bit as bitsandbytes 0.50 does on an
 * x86-64 CPU for `compress_statistics=True`, given the same offset.
 *
 * bitsandbytes takes the offset from PyTorch's f32 mean, whose order of additions depends on the number of threads
 * above 32,767 values; `meanF32` follows the order of one thread.
 *
 * @param absmax [blocks] finite
 * @param offset an f32 value; the mean of `absmax` by default
 */
export function compressAbsmax(absmax: Float32Array, offset: number = meanF32(absmax)): NestedAbsmax {
  const codes = new Uint8Array(absmax.length);
  const nested = new Float32Array(Math.ceil(absmax.length / NESTED_BLOCK));
  const centered = absmax.map((value) => value - offset);
  for (let block = 0; block < nested.length; block++) {
    const start = block * NESTED_BLOCK;
    const values = centered.subarray(start, start + NESTED_BLOCK);
    const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    nested[block] = largest;
    // A block without any magnitude keeps code 0, whatever value that has: it is multiplied by zero.
    if (largest === 0) continue;
    const inverse = Math.fround(1 / largest);
    values.forEach((value, i) => codes[start + i] = dynamicCode(Math.fround(value * inverse)));
  }
  return { codes, code: dynamicMap(), absmax: nested, offset };
}
