import type { Gpu } from "./device.ts";
import type { Pass } from "./pass.ts";
import { startStopwatch } from "../time/stopwatch.ts";
import { timePasses } from "./timestamps.ts";

/** Seconds that one run of `launches` takes on the GPU; of the wall clock if the adapter has no timestamps. */
export async function gpuSeconds(gpu: Gpu, launches: Pass, repeats: number): Promise<number> {
  return gpu.features.timestamps ? await byTimestamps(gpu, launches, repeats) : await byClock(gpu, launches, repeats);
}

async function byTimestamps(gpu: Gpu, launches: Pass, repeats: number): Promise<number> {
  const [seconds] = await timePasses(gpu, 1, (encoder, writes) => {
    const pass = encoder.beginComputePass({ timestampWrites: writes(0) });
    for (let i = 0; i < repeats; i++) launches.encode(pass);
    pass.end();
  });
  return seconds / repeats;
}

async function byClock(gpu: Gpu, launches: Pass, repeats: number): Promise<number> {
  const seconds = startStopwatch();
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (let i = 0; i < repeats; i++) launches.encode(pass);
  pass.end();
  gpu.device.queue.submit([encoder.finish()]);
  await gpu.settle(gpu.device.queue.onSubmittedWorkDone());
  gpu.check();
  return seconds() / repeats;
}

/** Rounds of a comparison; the median of so few is steady if the machine is. */
const ROUNDS = 5;
/** Timestamps of shorter runs are mostly overhead. */
const SHORTEST_SECONDS = 0.02;
/** Limit for a clock too coarse to see a run at all. */
const MOST_REPEATS = 1000;

/** Medians over rounds in which each pass runs once, so that other work on the machine slows all alike. */
export async function timeInTurn(gpu: Gpu, passes: readonly Pass[], rounds: number = ROUNDS): Promise<number[]> {
  const repeats: number[] = [];
  for (const pass of passes) {
    repeats.push(Math.min(MOST_REPEATS, Math.ceil(SHORTEST_SECONDS / await gpuSeconds(gpu, pass, 1))));
  }
  const seconds: number[][] = passes.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, pass] of passes.entries()) seconds[i].push(await gpuSeconds(gpu, pass, repeats[i]));
  }
  return seconds.map(median);
}

/** The middle of the sorted values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
