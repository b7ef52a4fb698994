import { type Allocator, STORAGE } from "./buffer.ts";
import type { Gpu } from "./device.ts";
import type { PipelineCache } from "./kernel.ts";
import { createPass, type Dispatch } from "./pass.ts";

/** A storage buffer with these bytes at its start. */
export function upload(gpu: Gpu, allocator: Allocator, data: ArrayBufferView): GPUBuffer {
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
  await gpu.settle(readback.mapAsync(1)); // READ
  const values = new Float32Array(readback.getMappedRange(0, length * 4).slice(0));
  readback.unmap();
  gpu.check();
  return values;
}
