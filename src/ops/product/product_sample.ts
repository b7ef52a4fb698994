import { type Allocator, STORAGE } from "../../gpu/buffer.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { PipelineCache } from "../../gpu/kernel.ts";
import { createPass, type Dispatch } from "../../gpu/pass.ts";
import type { GpuWeight, GpuWeightSegment, ReferenceWeight, WeightFormat } from "../formats/weight.ts";
import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from "../../quant/half.ts";
import { dequantizeNf4, quantizeNf4 } from "../../quant/nf4.ts";
import { dequantizeInt4Blocks } from "../../quant/int4.ts";
import { dequantizeQ8_0, Q8_0_BLOCK } from "../../quant/q8_0.ts";

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
    const encoded = encode(format, sample(n * columns, 17 + i), [n, columns]);
    values.set(encoded.values, rowStart * columns);
    const data = upload(gpu, allocator, encoded.data);
    const scales = encoded.scales && upload(gpu, allocator, encoded.scales);
    segments.push({ format, rowStart, rows: n, data, scales });
    rowStart += n;
  }
  return { onGpu: { rows, columns, segments }, reference: { values, rows, columns } };
}

interface Encoded {
  readonly values: Float32Array;
  readonly data: ArrayBufferView<ArrayBuffer>;
  readonly scales?: Float32Array<ArrayBuffer>;
}

function encode(format: WeightFormat, values: Float32Array, shape: readonly [number, number]): Encoded {
  if (format === "f32") return { values, data: Float32Array.from(values) };
  if (format === "f16" || format === "bf16") {
    const bits = format === "f16" ? f32ToF16(values) : f32ToBf16(values);
    return { values: format === "f16" ? f16ToF32(bits) : bf16ToF32(bits), data: Uint16Array.from(bits) };
  }
  if (format === "q8_0") {
    const blocks = Math.ceil(values.length / Q8_0_BLOCK);
    // A 16-bit scale a block, from 2⁻⁸ to 2⁻⁷, and codes of either sign up to the ends of their range.
    const scales = Float32Array.from({ length: blocks }, (_, block) => 2 ** -8 + block % 1024 * 2 ** -18);
    const codes = Int8Array.from(values, (value) => Math.max(-128, Math.min(127, Math.round(value * 160))));
    const data = new Uint8Array(codes.buffer);
    return { values: dequantizeQ8_0({ codes: data, scales }), data, scales };
  }
  if (format === "int4_32" || format === "int4_64") {
    const block = format === "int4_32" ? 32 : 64;
    const data = Uint8Array.from({ length: Math.ceil(values.length / 2) }, (_, i) => {
      const code = (at: number) => Math.floor(8 + 8 * (values[at] ?? 0));
      return code(2 * i) | code(2 * i + 1) << 4;
    });
    // A 16-bit scale a block, from 2⁻⁴ to 2⁻³, and a zero point from 3 to 12.
    const scales = Float32Array.from({ length: 2 * Math.ceil(values.length / block) }, (_, i) => {
      const scale = 2 ** -4 + (i >> 1) % 1024 * 2 ** -14;
      return i % 2 === 0 ? scale : -scale * (3 + (i >> 1) % 10);
    });
    return { values: dequantizeInt4Blocks({ codes: data, scales, block }).subarray(0, values.length), data, scales };
  }
  const tensor = quantizeNf4(values, shape);
  return {
    values: dequantizeNf4(tensor),
    data: Uint8Array.from(tensor.codes),
    scales: Float32Array.from(tensor.absmax),
  };
}

/** A storage buffer with these bytes at its start. */
export function upload(gpu: Gpu, allocator: Allocator, data: ArrayBufferView<ArrayBuffer>): GPUBuffer {
  const buffer = allocator.create("sample", data.byteLength, STORAGE);
  const bytes = new Uint8Array(buffer.size);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  gpu.device.queue.writeBuffer(buffer, 0, bytes);
  return buffer;
}

/** Runs the launches in one pass and returns the first `length` f32 values of `result`. */
export async function runDispatches(
  gpu: Gpu,
  pipelines: PipelineCache,
  allocator: Allocator,
  dispatches: readonly Dispatch[],
  result: GPUBuffer,
  length: number,
): Promise<Float32Array> {
  const launches = await createPass(gpu, pipelines, allocator, dispatches);
  const readback = allocator.create("readback", length * 4, 0x1 | 0x8); // MAP_READ | COPY_DST
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  launches.encode(pass);
  pass.end();
  encoder.copyBufferToBuffer(result, 0, readback, 0, length * 4);
  gpu.device.queue.submit([encoder.finish()]);
  await readback.mapAsync(1); // READ
  const values = new Float32Array(readback.getMappedRange(0, length * 4).slice(0));
  readback.unmap();
  gpu.check();
  return values;
}
