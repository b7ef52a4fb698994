import { type Allocator, STORAGE } from "../gpu/buffer.ts";
import { checked, type Gpu } from "../gpu/device.ts";
import { elementBytes, type WeightFormat } from "../ops/formats/format_table.ts";
import { bytesOfArray } from "../ops/formats/storage_format.ts";
import type { GpuWeight, GpuWeightSegment, WeightInfo, WeightSegment } from "../ops/formats/weight.ts";

// Slices start at multiples of this many rows, so that no block and no 4-byte word straddles two of them.
const SLICE_ROWS = 64;
// Segments can follow each other in one buffer if they end at a multiple of this many elements, likewise.
const WHOLE_ELEMENTS = 64;
// Bytes handed to the queue at once: each write holds a copy in staging memory until the GPU has taken it.
const WRITE_BYTES = 32 * 1024 * 1024;

/** A segment before its data are known. */
type SegmentInfo = Pick<WeightSegment, "format" | "rows">;

/** Rows of a weight that lie in one binding. */
interface WeightSlice<S extends SegmentInfo> {
  readonly format: WeightFormat;
  /** First row within the weight, and how many. */
  readonly rowStart: number;
  readonly rows: number;
  /** The segments stored as one that the slice is cut from, and the first of their elements that it holds. */
  readonly run: readonly S[];
  readonly first: number;
  readonly dataBytes: number;
  /** Null for formats without blocks. */
  readonly scaleBytes: number | null;
}

/**
 * Lays out a weight: adjacent segments of one format become one if the second starts at a whole block and word, so that
 * stacked weights are one product; a weight that exceeds a binding is sliced by rows.
 */
export function sliceWeight<S extends SegmentInfo>(
  limits: Pick<GPUSupportedLimits, "maxStorageBufferBindingSize" | "maxBufferSize">,
  info: WeightInfo,
  segments: readonly S[],
): WeightSlice<S>[] {
  const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
  if (rows !== info.rows) {
    throw new TypeError(`Cannot upload ${info.name} as its segments must have ${info.rows} rows: got ${rows}`);
  }
  const slices: WeightSlice<S>[] = [];
  let rowStart = 0;
  for (const run of mergeable(info, segments)) {
    slices.push(...sliceRun(limits, info, run).map((slice) => ({ ...slice, rowStart: rowStart + slice.rowStart })));
    rowStart += run.reduce((sum, segment) => sum + segment.rows, 0);
  }
  return slices;
}

/**
 * Puts a weight on the GPU, laid out by `sliceWeight`, with at most `WRITE_BYTES` of it on the way at a time.
 *
 * @throws {GpuError} if WebGPU reports any error
 */
export async function uploadWeight(
  gpu: Gpu,
  allocator: Allocator,
  info: WeightInfo,
  segments: readonly WeightSegment[],
): Promise<GpuWeight> {
  const label = `upload of ${info.name}`;
  const pieces: Piece[] = [];
  const parts = await checked(
    gpu,
    label,
    () => sliceWeight(gpu.limits, info, segments).map((slice) => allocateSlice(allocator, info, slice, pieces)),
  );
  const { queue } = gpu.device;
  let onTheWay = 0;
  for (const { buffer, offset, bytes } of pieces) {
    if (onTheWay + bytes.byteLength > WRITE_BYTES) {
      await gpu.settle(queue.onSubmittedWorkDone());
      onTheWay = 0;
    }
    onTheWay += bytes.byteLength;
    await checked(gpu, label, () => {
      queue.writeBuffer(buffer, offset, wholeWords(bytes));
      queue.submit([]);
    });
  }
  return { rows: info.rows, columns: info.columns, segments: parts };
}

/** Groups segments that can be stored as one. */
function mergeable<S extends SegmentInfo>({ columns }: WeightInfo, segments: readonly S[]): S[][] {
  const runs: S[][] = [];
  for (const segment of segments) {
    const run = runs.at(-1);
    const aligned = run?.every(({ rows }) => (rows * columns) % WHOLE_ELEMENTS === 0);
    if (run !== undefined && aligned && run[0].format === segment.format) run.push(segment);
    else runs.push([segment]);
  }
  return runs;
}

function sliceRun<S extends SegmentInfo>(
  limits: Pick<GPUSupportedLimits, "maxStorageBufferBindingSize" | "maxBufferSize">,
  info: WeightInfo,
  run: readonly S[],
): WeightSlice<S>[] {
  const { format } = run[0];
  const rows = run.reduce((sum, segment) => sum + segment.rows, 0);
  const limit = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  const bytesPerRow = elementBytes(format, SLICE_ROWS * info.columns).data / SLICE_ROWS;
  const fitting = Math.floor(limit / bytesPerRow / SLICE_ROWS) * SLICE_ROWS;
  const sliceRows = rows * bytesPerRow + 16 <= limit ? rows : Math.max(SLICE_ROWS, fitting);
  return Array.from({ length: Math.ceil(rows / sliceRows) }, (_, i) => {
    const rowStart = i * sliceRows;
    const count = Math.min(sliceRows, rows - rowStart);
    const { data, scales } = elementBytes(format, count * info.columns);
    return {
      format,
      rowStart,
      rows: count,
      run,
      first: rowStart * info.columns,
      dataBytes: data,
      scaleBytes: scales,
    };
  });
}

/** One write into a buffer. */
interface Piece {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Makes the buffers of a slice, and adds the writes that fill them to `pieces`. */
function allocateSlice(
  allocator: Allocator,
  info: WeightInfo,
  { format, rowStart, rows, run, first, dataBytes, scaleBytes }: WeightSlice<WeightSegment>,
  pieces: Piece[],
): GpuWeightSegment {
  const before = elementBytes(format, first);
  const data = allocator.create(info.name, dataBytes, STORAGE);
  pieces.push(...rangeOf(data, run.map((segment) => segment.data), before.data, dataBytes));
  if (scaleBytes === null) return { format, rowStart, rows, data };
  const chunks = run.map(({ scales }) => bytesOfArray(scales!));
  const scales = allocator.create(`${info.name}.scales`, scaleBytes, STORAGE);
  pieces.push(...rangeOf(scales, chunks, before.scales!, scaleBytes));
  return { format, rowStart, rows, data, scales };
}

/** Bytes `start … start + count` of the concatenated chunks, for the beginning of a buffer. */
function rangeOf(buffer: GPUBuffer, chunks: readonly Uint8Array[], start: number, count: number): Piece[] {
  const pieces: Piece[] = [];
  let skip = start;
  let written = 0;
  for (const chunk of chunks) {
    const from = Math.min(skip, chunk.byteLength);
    skip -= from;
    const taken = Math.min(chunk.byteLength - from, count - written);
    for (let at = 0; at < taken; at += WRITE_BYTES) {
      const bytes = chunk.subarray(from + at, from + Math.min(taken, at + WRITE_BYTES));
      pieces.push({ buffer, offset: written + at, bytes });
    }
    written += taken;
  }
  return pieces;
}

/** WebGPU copies multiples of 4 bytes; only the last piece of a tensor can be shorter. */
function wholeWords(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes.byteLength % 4 === 0) return bytes as Uint8Array<ArrayBuffer>;
  const padded = new Uint8Array(Math.ceil(bytes.byteLength / 4) * 4);
  padded.set(bytes);
  return padded;
}
