/** Bytes of a pair of timestamps. */
export const PAIR_BYTES = 16;

/** A device, and the way to wait for it. */
interface WatchedDevice {
  readonly device: GPUDevice;
  settle<T>(promise: Promise<T>): Promise<T>;
}

/** A device whose ticks have a known unit. */
interface TimedDevice extends WatchedDevice {
  nanosecondsPerTick(): Promise<number>;
  /** Throws if the device reported an error. */
  check(): void;
}

/** Pairs of timestamps, at the beginning and the end of compute passes. */
export interface Timestamps {
  /**
   * Returns the descriptor of a compute pass that a pair times.
   *
   * @param part of several passes that one pair times: which of its timestamps are of this one. Default: both
   */
  writes(pair: number, part?: TimedPart): GPUComputePassTimestampWrites | undefined;
  /** Encodes the copy of all pairs to the beginning of a buffer. */
  copyTo(encoder: GPUCommandEncoder, target: GPUBuffer): void;
  dispose(): void;
}

/** The ends of a time that a compute pass has. */
interface TimedPart {
  readonly begins: boolean;
  readonly ends: boolean;
}

/** Makes pairs of timestamps, at most 2,048, WebGPU's limit on a query set. */
export function createTimestamps(device: GPUDevice, pairs: number): Timestamps {
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 * pairs });
  // QUERY_RESOLVE | COPY_SRC
  const resolved = device.createBuffer({ label: "timestamps", size: PAIR_BYTES * pairs, usage: 0x200 | 0x4 });
  return {
    writes: (pair, { begins, ends } = { begins: true, ends: true }) =>
      begins || ends
        ? {
          querySet,
          ...(begins && { beginningOfPassWriteIndex: 2 * pair }),
          ...(ends && { endOfPassWriteIndex: 2 * pair + 1 }),
        }
        : undefined,
    copyTo(encoder, target) {
      encoder.resolveQuerySet(querySet, 0, 2 * pairs, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, target, 0, PAIR_BYTES * pairs);
    },
    dispose() {
      resolved.destroy();
      querySet.destroy();
    },
  };
}

/**
 * Returns the seconds between the timestamps of each pair, which stand at the beginning of a mapped buffer.
 *
 * @param nanoseconds of a tick
 */
export function secondsBetween(mapped: ArrayBuffer, pairs: number, nanoseconds: number): number[] {
  const stamps = new BigUint64Array(mapped, 0, 2 * pairs);
  return Array.from({ length: pairs }, (_, i) => Number(stamps[2 * i + 1] - stamps[2 * i]) * nanoseconds / 1e9);
}

/** Returns a function that takes a timestamp by a pass of nothing. */
export function timestampReader(on: WatchedDevice): () => Promise<bigint> {
  // Metal may leave no timestamp of a pass without a launch; elsewhere the driver need not compile one.
  const pipeline = Deno.build.os === "darwin" ? emptyPipeline(on.device) : null;
  const encode = (encoder: GPUCommandEncoder, writes: Timestamps["writes"]) => {
    const pass = encoder.beginComputePass({ timestampWrites: writes(0) });
    if (pipeline !== null) {
      pass.setPipeline(pipeline);
      pass.dispatchWorkgroups(1);
    }
    pass.end();
  };
  return () => readPairs(on, 1, encode, (mapped) => new BigUint64Array(mapped, 0, 1)[0]);
}

function emptyPipeline(device: GPUDevice): GPUComputePipeline {
  const module = device.createShaderModule({ code: "@compute @workgroup_size(1) fn main() {}" });
  return device.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "main" } });
}

/**
 * Runs compute passes, each timed by a pair of timestamps.
 *
 * @param encode encodes the passes with the descriptors of their pairs
 * @returns the seconds of each
 */
export async function timePasses(
  gpu: TimedDevice,
  pairs: number,
  encode: (encoder: GPUCommandEncoder, writes: Timestamps["writes"]) => void,
): Promise<number[]> {
  const nanoseconds = await gpu.nanosecondsPerTick();
  return await readPairs(gpu, pairs, encode, (mapped) => {
    gpu.check();
    return secondsBetween(mapped, pairs, nanoseconds);
  });
}

/** Submits compute passes and reads their timestamps from a mapped buffer. */
async function readPairs<T>(
  { device, settle }: WatchedDevice,
  pairs: number,
  encode: (encoder: GPUCommandEncoder, writes: Timestamps["writes"]) => void,
  read: (mapped: ArrayBuffer) => T,
): Promise<T> {
  const timestamps = createTimestamps(device, pairs);
  const staging = device.createBuffer({ size: PAIR_BYTES * pairs, usage: 0x1 | 0x8 }); // MAP_READ | COPY_DST
  const encoder = device.createCommandEncoder({ label: "timed" });
  encode(encoder, timestamps.writes);
  timestamps.copyTo(encoder, staging);
  device.queue.submit([encoder.finish()]);
  await settle(staging.mapAsync(0x1));
  try {
    return read(staging.getMappedRange());
  } finally {
    staging.destroy();
    timestamps.dispose();
  }
}
