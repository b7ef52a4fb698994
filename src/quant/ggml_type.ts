/** A tensor type of ggml: blocks of elements along a row, each with scales of its own. */
export interface GgmlType {
  readonly name: string;
  /** Elements a block. */
  readonly elements: number;
  /** Bytes a block. */
  readonly bytes: number;
  /** Writes the values of the block that starts at a byte of `data` to `values[at]` and on. */
  readonly decode: (data: DataView, byte: number, values: Float32Array, at: number) => void;
}
