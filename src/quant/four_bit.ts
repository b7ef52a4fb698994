/**
 * The f32 values of elements start…end−1 of a flattened matrix in one of bitsandbytes' 4-bit formats: code book value
 * times absmax, rounded once.
 *
 * @param book [16] value of each code
 * @param codes the packed bytes from the one that holds element `start`; element 2i in the high nibble of byte i
 * @param absmax of the whole matrix
 * @param block elements that share one absmax, an even number
 * @param values receives them. Default: a new array
 */
export function decodeFourBit(
  { book, codes, absmax, block }: {
    readonly book: Float32Array;
    readonly codes: Uint8Array;
    readonly absmax: Float32Array;
    readonly block: number;
  },
  start: number,
  end: number,
  values: Float32Array = new Float32Array(end - start),
): Float32Array {
  const firstByte = start >> 1;
  const one = (i: number) => {
    const byte = codes[(i >> 1) - firstByte];
    values[i - start] = book[(i & 1) === 0 ? byte >> 4 : byte & 15] * absmax[Math.floor(i / block)];
  };
  let at = start;
  if (at % 2 === 1) one(at++);
  // Both elements of a byte at once, a block at a time.
  const pairs = pairsOf(book);
  for (const last = end - (end - at) % 2; at < last;) {
    const scale = absmax[Math.floor(at / block)];
    const stop = Math.min(last, at - at % block + block);
    for (; at < stop; at += 2) {
      const pair = 2 * codes[(at >> 1) - firstByte];
      values[at - start] = pairs[pair] * scale;
      values[at - start + 1] = pairs[pair + 1] * scale;
    }
  }
  if (at < end) one(at);
  return values;
}

/** The two values of each byte, [256, 2]. */
function pairsOf(book: Float32Array): Float32Array {
  return Float32Array.from({ length: 512 }, (_, i) => book[i % 2 === 0 ? i >> 5 : (i >> 1) & 15]);
}
