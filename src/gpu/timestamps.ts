import type { Gpu } from "./device.ts";

/** Bytes of a pair of timestamps. */
export const PAIR_BYTES = 16;

/** Pairs of timestamps, at the beginning and the end of compute passes. */
interface Timestamps {
  /** Returns the descriptor of a compute pass that a pair times. */
  writes(pair: number): GPUComputePassTimestampWrites;
  /** Encodes the copy of all pairs to the beginning of a buffer. */
  copyTo(encoder: GPUCommandEncoder, target: GPUBuffer): void;
  dispose(): void;
}

/** Makes pairs of timestamps, at most 2,048, WebGPU's limit on a query set. */
export function createTimestamps(device: GPUDevice, pairs: number): Timestamps {
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 * pairs });
  // QUERY_RESOLVE | COPY_SRC
  const resolved = device.createBuffer({ label: "timestamps", size: PAIR_BYTES * pairs, usage: 0x200 | 0x4 });
  return {
    writes: (pair) => ({ querySet, beginningOfPassWriteIndex: 2 * pair, endOfPassWriteIndex: 2 * pair + 1 }),
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

/** Returns the seconds between the timestamps of each pair, which stand at the beginning of a mapped buffer. */
export function secondsBetween(mapped: ArrayBuffer, pairs: number): number[] {
  const stamps = new BigUint64Array(mapped, 0, 2 * pairs);
  return Array.from({ length: pairs }, (_, i) => Number(stamps[2 * i + 1] - stamps[2 * i]) / 1e9);
}

/**
 * Runs compute passes, each timed by a pair of timestamps.
 *
 * @param encode encodes the passes with the descriptors of their pairs
 * @returns the seconds of each
 */
export async function timePasses(
  gpu: Gpu,
  pairs: number,
  encode: (encoder: GPUCommandEncoder, writes: Timestamps["writes"]) => void,
): Promise<number[]> {
  const { device } = gpu;
  const timestamps = createTimestamps(device, pairs);
  const staging = device.createBuffer({ size: PAIR_BYTES * pairs, usage: 0x1 | 0x8 }); // MAP_READ | COPY_DST
  const encoder = device.createCommandEncoder({ label: "timed" });
  encode(encoder, timestamps.writes);
  timestamps.copyTo(encoder, staging);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(0x1);
  gpu.check();
  const seconds = secondsBetween(staging.getMappedRange(), pairs);
  staging.destroy();
  timestamps.dispose();
  return seconds;
}
