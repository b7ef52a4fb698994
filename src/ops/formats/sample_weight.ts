import type { Allocator } from "../../gpu/buffer.ts";
import type { Gpu } from "../../gpu/device.ts";
import { upload } from "../../gpu/run_dispatches.ts";
import { FORMATS, type WeightFormat } from "./format_table.ts";
import type { GpuWeight, GpuWeightSegment, ReferenceWeight } from "./weight.ts";

/** Uniform in [-1, 1), the same for equal seeds (mulberry32). */
export function sample(length: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}

/** A weight on the GPU and its exact values. */
export interface SampleWeight {
  readonly onGpu: GpuWeight;
  readonly reference: ReferenceWeight;
}

/** A random [Σ segmentRows, columns] weight; the segments of NF4 are quantized each by itself. */
export function sampleWeight(
  gpu: Gpu,
  allocator: Allocator,
  format: WeightFormat,
  segmentRows: readonly number[],
  columns: number,
): SampleWeight {
  const rows = segmentRows.reduce((sum, n) => sum + n, 0);
  const values = new Float32Array(rows * columns);
  const segments: GpuWeightSegment[] = [];
  let rowStart = 0;
  for (const [i, n] of segmentRows.entries()) {
    const stored = FORMATS[format].sample(sample(n * columns, 17 + i), [n, columns]);
    values.set(FORMATS[format].dequantize(stored, [n, columns]), rowStart * columns);
    const data = upload(gpu, allocator, stored.data);
    const scales = stored.scales && upload(gpu, allocator, stored.scales);
    segments.push({ format, rowStart, rows: n, data, scales });
    rowStart += n;
  }
  return { onGpu: { rows, columns, segments }, reference: { values, rows, columns } };
}
