/** Storage formats that kernels read. */
export type WeightFormat = "f32" | "f16" | "bf16" | "nf4" | "q8_0";

/** How a format stores elements: bits of each, and how many of the flattened weight share a scale. */
export const LAYOUTS = {
  f32: { bits: 32, block: null },
  f16: { bits: 16, block: null },
  bf16: { bits: 16, block: null },
  nf4: { bits: 4, block: 64 },
  q8_0: { bits: 8, block: 32 },
} as const satisfies Record<WeightFormat, { readonly bits: number; readonly block: number | null }>;

/** Consecutive rows of a weight in one format, as bytes on the host. */
export interface WeightSegment {
  readonly format: WeightFormat;
  readonly rows: number;
  /** Little-endian elements, or the codes of the flattened rows. */
  readonly data: Uint8Array;
  /** One a block of the flattened rows, for formats that have blocks; NF4 calls it absmax. */
  readonly scales?: Float32Array;
}

/** Name and shape of a weight; vectors have `rows` 1. */
export interface WeightInfo {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
}

/** A weight in the f64 reference: its exact values, widened or dequantized to f32. */
export interface ReferenceWeight {
  /** [rows, columns] */
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** Consecutive rows of a weight on the GPU, small enough for one binding. */
export interface GpuWeightSegment {
  readonly format: WeightFormat;
  readonly rowStart: number;
  readonly rows: number;
  readonly data: GPUBuffer;
  readonly scales?: GPUBuffer;
}

/** A weight on the GPU. Rows are in order and without gaps. */
export interface GpuWeight {
  readonly rows: number;
  readonly columns: number;
  readonly segments: readonly GpuWeightSegment[];
}
