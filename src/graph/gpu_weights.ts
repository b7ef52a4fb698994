import type { Allocator } from "../gpu/buffer.ts";
import { STORAGE } from "../gpu/buffer.ts";
import type { Gpu } from "../gpu/device.ts";
import type { GpuWeight, GpuWeightSegment, WeightFormat, WeightInfo, WeightSegment } from "../ops/weight.ts";

// Slices start at multiples of this many rows, so that no NF4 block of 64 and no 4-byte word straddles two of them.
const SLICE_ROWS = 64;
// Bytes handed to the queue at once: each write holds a copy in staging memory until it is submitted.
const WRITE_BYTES = 32 * 1024 * 1024;

/**
 * Puts a weight on the GPU. Adjacent segments of one format become one where the second starts at a whole block and
 * word, so that stacked weights are one product; what exceeds a binding is sliced by rows.
 */
export function uploadWeight(
  gpu: Gpu,
  allocator: Allocator,
  info: WeightInfo,
  segments: readonly WeightSegment[],
): GpuWeight {
  const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
  if (rows !== info.rows) {
    throw new TypeError(`Cannot upload ${info.name} as its segments must have ${info.rows} rows: got ${rows}`);
  }
  const parts: GpuWeightSegment[] = [];
  let rowStart = 0;
  for (const run of mergeable(info, segments)) {
    const runRows = run.reduce((sum, segment) => sum + segment.rows, 0);
    for (const part of uploadRun(gpu, allocator, info, run, runRows)) {
      parts.push({ ...part, rowStart: rowStart + part.rowStart });
    }
    rowStart += runRows;
  }
  gpu.device.queue.submit([]);
  return { rows: info.rows, columns: info.columns, segments: parts };
}

/** Groups segments that can be stored as one. */
function mergeable({ columns }: WeightInfo, segments: readonly WeightSegment[]): WeightSegment[][] {
  const runs: WeightSegment[][] = [];
  for (const segment of segments) {
    const run = runs.at(-1);
    const aligned = run?.every(({ rows }) => (rows * columns) % 64 === 0);
    if (run !== undefined && aligned && run[0].format === segment.format) run.push(segment);
    else runs.push([segment]);
  }
  return runs;
}

function uploadRun(gpu: Gpu, allocator: Allocator, info: WeightInfo, run: readonly WeightSegment[], rows: number) {
  const { format } = run[0];
  const limit = Math.min(gpu.limits.maxStorageBufferBindingSize, gpu.limits.maxBufferSize);
  const bytesPerRow = elementBytes(format) * info.columns;
  const fitting = Math.floor(limit / bytesPerRow / SLICE_ROWS) * SLICE_ROWS;
  const sliceRows = rows * bytesPerRow + 16 <= limit ? rows : Math.max(SLICE_ROWS, fitting);
  const parts: GpuWeightSegment[] = [];
  for (let rowStart = 0; rowStart < rows; rowStart += sliceRows) {
    const count = Math.min(sliceRows, rows - rowStart);
    const dataBytes = Math.ceil(count * bytesPerRow);
    const first = rowStart * info.columns;
    const data = allocator.create(info.name, dataBytes, STORAGE);
    const bytes = run.map((segment) => segment.data);
    writeRange(gpu, data, bytes, Math.floor(first * elementBytes(format)), dataBytes);
    let absmax: GPUBuffer | undefined;
    if (format === "nf4") {
      const scales = run.map(({ absmax }) => new Uint8Array(absmax!.buffer, absmax!.byteOffset, absmax!.byteLength));
      const scaleBytes = Math.ceil(count * info.columns / 64) * 4;
      absmax = allocator.create(`${info.name}.absmax`, scaleBytes, STORAGE);
      writeRange(gpu, absmax, scales, first / 64 * 4, scaleBytes);
    }
    parts.push({ format, rowStart, rows: count, data, absmax });
  }
  return parts;
}

/** Copies bytes `start … start + count` of the concatenated chunks to the beginning of a buffer. */
function writeRange(gpu: Gpu, buffer: GPUBuffer, chunks: readonly Uint8Array[], start: number, count: number): void {
  let skip = start;
  let written = 0;
  for (const chunk of chunks) {
    const from = Math.min(skip, chunk.byteLength);
    skip -= from;
    const taken = Math.min(chunk.byteLength - from, count - written);
    for (let at = 0; at < taken; at += WRITE_BYTES) {
      const piece = chunk.subarray(from + at, from + Math.min(taken, at + WRITE_BYTES));
      gpu.device.queue.writeBuffer(buffer, written + at, wholeWords(piece));
      if (piece.byteLength === WRITE_BYTES) gpu.device.queue.submit([]);
    }
    written += taken;
  }
}

/** WebGPU copies multiples of 4 bytes; only the last piece of a tensor can be shorter. */
function wholeWords(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes.byteLength % 4 === 0) return bytes as Uint8Array<ArrayBuffer>;
  const padded = new Uint8Array(Math.ceil(bytes.byteLength / 4) * 4);
  padded.set(bytes);
  return padded;
}

function elementBytes(format: WeightFormat): number {
  return { f32: 4, f16: 2, bf16: 2, nf4: 0.5 }[format];
}
