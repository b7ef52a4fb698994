import { GpuError } from "./device.ts";
import type { Gpu } from "./device.ts";
import type { BufferRange, Pass } from "./pass.ts";
import { createTimestamps, PAIR_BYTES, secondsBetween } from "./timestamps.ts";

/** A range of a buffer that every run leaves for the host. */
interface ReadbackItem {
  readonly name: string;
  readonly dtype: "f32" | "u32";
  readonly elements: number;
  readonly range: BufferRange;
}

/** Results of one run. */
interface ReadbackResult {
  /** Widened to f64, by name. */
  readonly outputs: Record<string, Float64Array>;
  /** Between the timestamps of the compute pass; null if the adapter has none. */
  readonly gpuSeconds: number | null;
}

/** Runs work and brings its outputs back in one copy and one await: each await of the GPU costs 10 ms. */
interface Readback {
  /** Bytes of one staging buffer. */
  readonly bytes: number;
  /**
   * Submits a pass in one compute pass of one encoder, then maps its outputs. Several may be under way.
   *
   * @throws {GpuError} if WebGPU reports any error, with the name of the kernel that causes it
   */
  start(pass: Pass): Promise<ReadbackResult>;
  dispose(): void;
}

/** Makes the readback of a fixed list of outputs. */
export function createReadback(gpu: Gpu, items: readonly ReadbackItem[]): Readback {
  const { device } = gpu;
  const offsets: number[] = [];
  let bytes = PAIR_BYTES;
  for (const { elements } of items) {
    offsets.push(bytes);
    bytes += Math.ceil(elements / 2) * 8;
  }
  const idle: GPUBuffer[] = [];
  const timestamps = gpu.features.timestamps ? createTimestamps(device, 1) : null;
  return {
    bytes,
    async start(pass) {
      device.pushErrorScope("out-of-memory");
      device.pushErrorScope("validation");
      // MAP_READ | COPY_DST
      const staging = idle.pop() ?? device.createBuffer({ label: "staging", size: bytes, usage: 0x1 | 0x8 });
      const encoder = device.createCommandEncoder({ label: "run" });
      const compute = encoder.beginComputePass({ label: "run", timestampWrites: timestamps?.writes(0) });
      pass.encode(compute);
      compute.end();
      timestamps?.copyTo(encoder, staging);
      items.forEach(({ elements, range }, i) => {
        encoder.copyBufferToBuffer(range.buffer, range.offset, staging, offsets[i], elements * 4);
      });
      device.queue.submit([encoder.finish()]);
      const scopes = Promise.all([device.popErrorScope(), device.popErrorScope()]);
      const mapped = staging.mapAsync(0x1).then(() => null, (error: Error) => error);
      const error = (await scopes).find((found) => found !== null);
      const failure = await mapped;
      gpu.check();
      if (error || failure !== null) {
        throw new GpuError(`${await culprit(gpu, pass)}: ${(error ?? failure)!.message}`);
      }
      const nanoseconds = timestamps === null ? null : await gpu.nanosecondsPerTick();
      const result = unpack(staging.getMappedRange(), items, offsets, nanoseconds);
      staging.unmap();
      idle.push(staging);
      return result;
    },
    dispose() {
      for (const buffer of idle) buffer.destroy();
      timestamps?.dispose();
    },
  };
}

/** Encodes launch after launch to find the one that WebGPU rejects, since its messages do not name it. */
async function culprit({ device }: Gpu, pass: Pass): Promise<string> {
  for (const [i, label] of pass.labels.entries()) {
    device.pushErrorScope("validation");
    const encoder = device.createCommandEncoder({ label });
    const compute = encoder.beginComputePass({ label });
    pass.encode(compute, i, i + 1);
    compute.end();
    encoder.finish();
    if (await device.popErrorScope() !== null) return `kernel ${label}`;
  }
  return `run of ${pass.labels.length} kernels`;
}

function unpack(
  mapped: ArrayBuffer,
  items: readonly ReadbackItem[],
  offsets: readonly number[],
  nanoseconds: number | null,
): ReadbackResult {
  const outputs: Record<string, Float64Array> = {};
  items.forEach(({ name, dtype, elements }, i) => {
    const view = dtype === "u32" ? Uint32Array : Float32Array;
    outputs[name] = Float64Array.from(new view(mapped, offsets[i], elements));
  });
  return { outputs, gpuSeconds: nanoseconds === null ? null : secondsBetween(mapped, 1, nanoseconds)[0] };
}
