import type { Gpu } from "./device.ts";
import { GpuError } from "./gpu_error.ts";
import type { BufferRange, Pass } from "./pass.ts";
import type { RunQueue } from "./run_queue.ts";
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
  /** From the first launch to the end of the last one; null if the adapter has no timestamps. */
  readonly gpuSeconds: number | null;
}

/** Runs work and brings its outputs back in one copy and one await: each await of the GPU costs 10 ms. */
interface Readback {
  /** Bytes of one staging buffer. */
  readonly bytes: number;
  /**
   * Submits a pass, then maps its outputs. Several may be under way.
   *
   * @throws {GpuError} if WebGPU reports any error, with the name of the kernel that causes it; if the device is lost;
   * if a part of the pass was not done
   */
  start(pass: Pass): Promise<ReadbackResult>;
  dispose(): void;
}

/** Bytes of a staging buffer before the outputs: timestamps, then the mark of the end. */
const HEAD_BYTES = PAIR_BYTES + 8;

/** Makes the readback of a fixed list of outputs. */
export function createReadback(gpu: Gpu, queue: RunQueue, items: readonly ReadbackItem[]): Readback {
  const { device } = gpu;
  const offsets: number[] = [];
  let bytes = HEAD_BYTES;
  for (const { elements } of items) {
    offsets.push(bytes);
    bytes += Math.ceil(elements / 2) * 8;
  }
  const idle: GPUBuffer[] = [];
  const timestamps = gpu.features.timestamps ? createTimestamps(device, 1) : null;
  const submit = (pass: Pass, staging: GPUBuffer) =>
    queue.submit(pass, timestamps, (encoder) => {
      timestamps?.copyTo(encoder, staging);
      encoder.copyBufferToBuffer(queue.mark, 0, staging, PAIR_BYTES, 4);
      items.forEach(({ elements, range }, i) => {
        encoder.copyBufferToBuffer(range.buffer, range.offset, staging, offsets[i], elements * 4);
      });
    });
  return {
    bytes,
    async start(pass) {
      gpu.check();
      device.pushErrorScope("out-of-memory");
      device.pushErrorScope("validation");
      // MAP_READ | COPY_DST
      const staging = idle.pop() ?? device.createBuffer({ label: "staging", size: bytes, usage: 0x1 | 0x8 });
      const run = submit(pass, staging);
      const scopes = [device.popErrorScope(), device.popErrorScope()];
      const mapped = staging.mapAsync(0x1).then(() => null, (error: Error) => error);
      const failures = await gpu.settle(Promise.all([...scopes, mapped]));
      gpu.check();
      const failure = failures.find((found) => found !== null);
      if (failure) {
        await raise(gpu, new GpuError(`${await culprit(gpu, pass)}: ${failure.message}`));
      }
      const found = staging.getMappedRange();
      const dropped = run.end(new Uint32Array(found, PAIR_BYTES, 1)[0]);
      if (dropped !== null) await raise(gpu, dropped);
      const nanoseconds = timestamps === null ? null : await gpu.nanosecondsPerTick();
      const result = unpack(found, items, offsets, nanoseconds);
      run.learn(result.gpuSeconds);
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

/** Throws an error, or the loss of the device, which is told later than what it causes. */
async function raise({ settle }: Gpu, error: GpuError): Promise<never> {
  return await settle(Promise.reject(error));
}

/** Encodes launch after launch to find the one that WebGPU rejects, since its messages do not name it. */
async function culprit({ device, settle }: Gpu, pass: Pass): Promise<string> {
  for (const [i, label] of pass.labels.entries()) {
    device.pushErrorScope("validation");
    const encoder = device.createCommandEncoder({ label });
    const compute = encoder.beginComputePass({ label });
    pass.encode(compute, i, i + 1);
    compute.end();
    encoder.finish();
    if (await settle(device.popErrorScope()) !== null) return `kernel ${label}`;
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
