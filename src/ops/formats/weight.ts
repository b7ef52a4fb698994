/** Storage formats that kernels read. */
export const WEIGHT_FORMATS = ["f32", "f16", "bf16", "nf4", "q8_0", "int4_32", "int4_64"] as const;

/** One of `WEIGHT_FORMATS`. */
export type WeightFormat = typeof WEIGHT_FORMATS[number];

/** How a format stores elements: bits of each, how many of the flattened weight share a scale, and its f32 numbers. */
export interface WeightLayout {
  readonly bits: number;
  readonly block: number | null;
  /** A scale, or a scale and an offset; 0 where there are no blocks. */
  readonly perBlock: 0 | 1 | 2;
}

/** The layout of each format. */
export const LAYOUTS: Readonly<Record<WeightFormat, WeightLayout>> = {
  f32: { bits: 32, block: null, perBlock: 0 },
  f16: { bits: 16, block: null, perBlock: 0 },
  bf16: { bits: 16, block: null, perBlock: 0 },
  nf4: { bits: 4, block: 64, perBlock: 1 },
  q8_0: { bits: 8, block: 32, perBlock: 1 },
  int4_32: { bits: 4, block: 32, perBlock: 2 },
  int4_64: { bits: 4, block: 64, perBlock: 2 },
};

/** Consecutive rows of a weight in one format, as bytes on the host. */
export interface WeightSegment {
  readonly format: WeightFormat;
  readonly rows: number;
  /** Little-endian elements, or the codes of the flattened rows. */
  readonly data: Uint8Array;
  /** [blocks of the flattened rows, perBlock], for formats that have blocks; NF4 calls it absmax. */
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
