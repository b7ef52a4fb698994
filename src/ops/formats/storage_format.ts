/** Bits of an element, and the block of elements of the flattened weight that share scales. */
interface FormatLayout {
  readonly bits: number;
  /** Null for formats without scales. */
  readonly block: number | null;
  /** A scale, or a scale and an offset; 0 if there are no blocks. */
  readonly perBlock: 0 | 1 | 2;
}

/** Rows of a weight as bytes on the host. */
export interface StoredRows {
  /** Little-endian elements, or the codes of the flattened rows. */
  readonly data: Uint8Array;
  /** [blocks of the flattened rows, perBlock], for formats that have blocks; NF4 calls it absmax. */
  readonly scales?: Float32Array;
}

/** WGSL functions that read a weight by octets: eight elements that follow each other in one block. */
interface OctetReaders {
  /**
   * Sources of `octet_prepare`, `octet_scale` and `weight_octet`, with the bindings of data and scales; without scales,
   * data are bound as 16-byte vectors.
   */
  readonly octet: readonly string[];
  /**
   * Sources of `packed_octet`, an octet of 16 loaded bytes, and, with two f32 a block, `in_block`; `octet`'s if
   * there are no blocks.
   */
  readonly packed: readonly string[];
}

/** WGSL functions that read a weight. */
interface FormatReaders extends OctetReaders {
  /** Sources of `weight_at`, one element, with the bindings of data and scales. */
  readonly element: readonly string[];
  /** Readers for lanes that can exchange values, if these read in another way. */
  readonly shuffled?: OctetReaders;
  /** Readers with a table in workgroup memory, if a GPU reads so. */
  readonly booked?: OctetReaders;
}

/** A weight format: one row of `FORMATS`. */
export interface StorageFormat {
  readonly layout: FormatLayout;
  readonly readers: FormatReaders;
  /** Rows of a thread in the product of a single row, where each thread reads rows of its own. */
  readonly rowsAlone: number;
  /** The exact values [rows, columns], into `values` or a new array. */
  dequantize(stored: StoredRows, shape: readonly [rows: number, columns: number], values?: Float32Array): Float32Array;
  /**
   * Stores values from [−1, 1), or random ones made of them, so that codes and scales vary: for tests and the tuner.
   */
  sample(values: Float32Array, shape: readonly [rows: number, columns: number]): StoredRows;
}

/** Bytes as 16-bit words; a copy if they start at an odd address. */
export function wordsOfBytes(bytes: Uint8Array): Uint16Array {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Uint16Array(buffer as ArrayBuffer, byteOffset, byteLength / 2);
}

/** The bytes of an array of numbers. */
export function bytesOfArray({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
