/** A matrix in bitsandbytes' NF4 format: blocks of 64 along the flattened row-major weight. */
export interface Nf4Tensor {
  readonly kind: "nf4";
  /** [out, in] */
  readonly shape: readonly [number, number];
  /** [ceil(out·in / 2)] element 2i in the high nibble of byte i, element 2i+1 in the low one. */
  readonly codes: Uint8Array;
  /** [ceil(out·in / 64)] */
  readonly absmax: Float32Array;
}
