import type { Gpu } from "./device.ts";
import type { Pass } from "./pass.ts";

/** GPU time of one launch. */
export interface LaunchTime {
  /** The kernel's label. */
  readonly kernel: string;
  readonly seconds: number;
}

// WebGPU's limit on the entries of a query set; two a launch.
const MOST_LAUNCHES = 2048;

/**
 * Runs a pass with each launch in a compute pass of its own, timed by timestamps. The results are those of the pass;
 * the time is a little longer, since nothing overlaps.
 *
 * @throws {RangeError} if the adapter has no timestamps
 */
export async function profile(gpu: Gpu, pass: Pass): Promise<LaunchTime[]> {
  if (!gpu.features.timestamps) throw new RangeError("Cannot profile as the adapter must have timestamps: it has none");
  const times: LaunchTime[] = [];
  for (let first = 0; first < pass.labels.length; first += MOST_LAUNCHES) {
    times.push(...await profileRange(gpu, pass, first, Math.min(pass.labels.length, first + MOST_LAUNCHES)));
  }
  return times;
}

async function profileRange(gpu: Gpu, pass: Pass, first: number, end: number): Promise<LaunchTime[]> {
  const { device } = gpu;
  const count = 2 * (end - first);
  const queries = device.createQuerySet({ type: "timestamp", count });
  const resolved = device.createBuffer({ size: count * 8, usage: 0x200 | 0x4 }); // QUERY_RESOLVE | COPY_SRC
  const staging = device.createBuffer({ size: count * 8, usage: 0x1 | 0x8 }); // MAP_READ | COPY_DST
  const encoder = device.createCommandEncoder({ label: "profile" });
  for (let i = first; i < end; i++) {
    const at = 2 * (i - first);
    const timestampWrites = { querySet: queries, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 };
    const compute = encoder.beginComputePass({ timestampWrites });
    pass.encode(compute, i, i + 1);
    compute.end();
  }
  encoder.resolveQuerySet(queries, 0, count, resolved, 0);
  encoder.copyBufferToBuffer(resolved, 0, staging, 0, count * 8);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(0x1);
  gpu.check();
  const stamps = new BigUint64Array(staging.getMappedRange().slice(0));
  for (const resource of [queries, resolved, staging]) resource.destroy();
  return pass.labels.slice(first, end).map((kernel, i) => ({
    kernel,
    seconds: Number(stamps[2 * i + 1] - stamps[2 * i]) / 1e9,
  }));
}
