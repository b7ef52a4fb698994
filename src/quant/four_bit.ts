/**
 * The f32 values of elements start…end−1 of a flattened matrix in one of bitsandbytes' 4-bit formats: code book value
 * times absmax, rounded once.
 *
 * @param book [16] value of each code
 * @param codes the packed bytes from the one that holds element `start`; element 2i in the high nibble of byte i
 * @param absmax of the whole matrix
 * @param block elements that share one absmax
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
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(end - start);
  const firstByte = start >> 1;
  for (let i = start; i < end; i++) {
    const byte = codes[(i >> 1) - firstByte];
    const code = (i & 1) === 0 ? byte >> 4 : byte & 15;
    values[i - start] = book[code] * absmax[Math.floor(i / block)];
  }
  return values;
}
