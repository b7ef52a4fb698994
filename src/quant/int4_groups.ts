/**
 * Order of the codes of a matrix: GPTQ packs eight inputs of one output into a word, AWQ eight outputs of one input.
 */
export type Int4Layout = "gptq" | "awq";

/** A linear layer's weight in 4-bit codes whose groups of inputs share a scale and a zero point for each output. */
export interface Int4Groups {
  readonly layout: Int4Layout;
  /** [out, in] of the weight, both multiples of 8. */
  readonly shape: readonly [number, number];
  /** gptq [in / 8, out], awq [in, out / 8] */
  readonly codes: Uint32Array;
  /** [groups, out / 8] eight outputs a word, in the layout's order. */
  readonly zeros: Uint32Array;
  /** Added to a stored zero point: 1 for GPTQ's first format, which stores one less, 0 else. */
  readonly zeroOffset: 0 | 1;
  /** [groups, out] */
  readonly scales: Float32Array;
  /** [in] group of each input. */
  readonly groups: Int32Array;
}

/** Codes a word. */
export const INT4_PACK = 8;

/** Shift of each of the eight codes of a word. */
const SHIFTS: Readonly<Record<Int4Layout, Uint8Array>> = {
  gptq: Uint8Array.of(0, 4, 8, 12, 16, 20, 24, 28),
  // The nibbles hold columns 0, 2, 4, 6, 1, 3, 5, 7, from the lowest.
  awq: Uint8Array.of(0, 16, 4, 20, 8, 24, 12, 28),
};

/** Rows that are decoded together, so that a line of packed words serves several before it leaves the cache. */
const ROWS = 16;

/**
 * The f32 values of rows of a matrix: scale · (code − zero point). An f16 or bf16 scale times five bits fits f32, so
 * that nothing is rounded; the libraries' own f16 products are these values rounded to f16.
 *
 * Source: `QuantLinear.forward` of AutoGPTQ 0.7.1 and `dequantize_gemm` of AutoAWQ 0.2.9.
 *
 * @param rows of the weight; all by default
 * @returns [rows.length, in]
 */
export function dequantizeInt4(
  tensor: Int4Groups,
  rows: readonly number[] = Array.from({ length: tensor.shape[0] }, (_, row) => row),
): Float32Array<ArrayBuffer> {
  const { shape: [, columns], scales, groups } = tensor;
  const outputs = tensor.shape[0];
  const zeros = unpackZeros(tensor);
  const values = new Float32Array(rows.length * columns);
  let to = 0;
  unpackRows(tensor, rows, (row, codes) => {
    for (let i = 0; i < columns; i++) {
      const at = groups[i] * outputs + row;
      values[to + i] = scales[at] * (codes[i] - zeros[at]);
    }
    to += columns;
  });
  return values;
}

/** Gives the codes [in] of rows to `take`, one after another, in an array that is used again. */
export function unpackRows(
  tensor: Int4Groups,
  rows: readonly number[],
  take: (row: number, codes: Uint8Array) => void,
): void {
  const columns = tensor.shape[1];
  const codes = new Uint8Array(ROWS * columns);
  for (let first = 0; first < rows.length; first += ROWS) {
    const tile = rows.slice(first, first + ROWS);
    if (tensor.layout === "gptq") unpackInputs(tensor, tile, codes);
    else unpackOutputs(tensor, tile, codes);
    tile.forEach((row, r) => take(row, codes.subarray(r * columns, (r + 1) * columns)));
  }
}

/** Zero points [groups, out]. */
export function unpackZeros({ layout, zeros, zeroOffset }: Int4Groups): Uint8Array {
  const shifts = SHIFTS[layout];
  const unpacked = new Uint8Array(zeros.length * INT4_PACK);
  for (let i = 0; i < unpacked.length; i++) {
    unpacked[i] = (zeros[i >> 3] >>> shifts[i & 7] & 15) + zeroOffset;
  }
  return unpacked;
}

/** Writes the codes [tile.length, in] of rows from words that hold eight inputs. */
function unpackInputs({ shape: [outputs, columns], codes }: Int4Groups, tile: readonly number[], to: Uint8Array): void {
  for (let word = 0; word < columns / INT4_PACK; word++) {
    for (let r = 0; r < tile.length; r++) {
      const packed = codes[word * outputs + tile[r]];
      const at = r * columns + word * INT4_PACK;
      for (let k = 0; k < INT4_PACK; k++) to[at + k] = packed >>> 4 * k & 15;
    }
  }
}

/** Writes the codes [tile.length, in] of rows from words that hold eight outputs. */
function unpackOutputs(
  { shape: [outputs, columns], codes }: Int4Groups,
  tile: readonly number[],
  to: Uint8Array,
): void {
  const words = outputs / INT4_PACK;
  const shifts = SHIFTS.awq;
  for (let i = 0; i < columns; i++) {
    for (let r = 0; r < tile.length; r++) {
      const row = tile[r];
      to[r * columns + i] = codes[i * words + (row >> 3)] >>> shifts[row & 7] & 15;
    }
  }
}
