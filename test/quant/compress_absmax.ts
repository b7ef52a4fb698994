import { NESTED_BLOCK, type NestedAbsmax } from "../../src/quant/double_quant.ts";
import { dynamicCode, dynamicMap } from "./dynamic_map.ts";
import { meanF32 } from "./mean_f32.ts";

/**
 * Quantizes the absmax of an NF4 matrix, which `expandNestedAbsmax` reads, to 8 bits in blocks of 256, bit for bit as
 * bitsandbytes 0.50 does on an x86-64 CPU for `compress_statistics=True`, given the same offset.
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
