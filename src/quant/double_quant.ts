/** Blocks of NF4 whose absmax share one absmax of their own. */
export const NESTED_BLOCK = 256;

/** The absmax of an NF4 matrix, themselves quantized to 8 bits ("double", "nested" or "compressed" statistics). */
export interface NestedAbsmax {
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
