import { type BufferRange, wholeBuffer } from "../../gpu/pass.ts";
import type { WeightFormat } from "./format_table.ts";
import type { StoredRows } from "./storage_format.ts";

/** Consecutive rows of a weight in one format, on the host. */
export interface WeightSegment extends StoredRows {
  readonly format: WeightFormat;
  readonly rows: number;
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

/** Bindings of a segment's data and scales; null if it has none. */
export function weightBindings({ data, scales }: GpuWeightSegment): (BufferRange | null)[] {
  return [wholeBuffer(data), scales === undefined ? null : wholeBuffer(scales)];
}
