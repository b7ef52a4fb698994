import { cutPass } from "./cut_pass.ts";
import type { Gpu } from "./device.ts";
import type { Pass } from "./pass.ts";
import { timePasses } from "./timestamps.ts";

/** GPU time of one launch. */
export interface LaunchTime {
  /** The kernel's label. */
  readonly kernel: string;
  readonly seconds: number;
}

// Launches of one query set; two timestamps each.
const MOST_LAUNCHES = 2048;

/**
 * Runs a pass with each launch in a compute pass of its own, timed by timestamps. The results are those of the pass;
 * the time is a little longer, since nothing overlaps.
 *
 * @param submission work that is submitted at once
 * @throws {RangeError} if the adapter has no timestamps
 */
export async function profile(gpu: Gpu, pass: Pass, submission: number): Promise<LaunchTime[]> {
  if (!gpu.features.timestamps) throw new RangeError("Cannot profile as the adapter must have timestamps: it has none");
  const times: LaunchTime[] = [];
  for (const last of cutPass(pass.work, submission)) {
    while (times.length < last) {
      const end = Math.min(last, times.length + MOST_LAUNCHES);
      times.push(...await profileRange(gpu, pass, times.length, end));
    }
  }
  return times;
}

async function profileRange(gpu: Gpu, pass: Pass, first: number, end: number): Promise<LaunchTime[]> {
  const seconds = await timePasses(gpu, end - first, (encoder, writes) => {
    for (let i = first; i < end; i++) {
      const compute = encoder.beginComputePass({ timestampWrites: writes(i - first) });
      pass.encode(compute, i, i + 1);
      compute.end();
    }
  });
  return pass.labels.slice(first, end).map((kernel, i) => ({ kernel, seconds: seconds[i] }));
}
