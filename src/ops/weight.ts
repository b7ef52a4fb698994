/** Storage formats that kernels read. */
export type WeightFormat = "f32" | "f16" | "bf16" | "nf4";

/** Consecutive rows of a weight in one format, as bytes on the host. */
export interface WeightSegment {
  readonly format: WeightFormat;
  readonly rows: number;
  /** Little-endian elements, or NF4 codes of the flattened rows. */
  readonly data: Uint8Array;
  /** NF4 only: one f32 a block of 64 of the flattened rows. */
  readonly absmax?: Float32Array;
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
  readonly absmax?: GPUBuffer;
}

/** A weight on the GPU. Rows are in order and without gaps. */
export interface GpuWeight {
  readonly rows: number;
  readonly columns: number;
  readonly segments: readonly GpuWeightSegment[];
}
