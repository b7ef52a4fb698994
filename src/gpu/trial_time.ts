import { startStopwatch } from "../time/stopwatch.ts";
import type { Gpu } from "./device.ts";
import { gpuSeconds } from "./gpu_time.ts";
import type { Pass } from "./pass.ts";

/** Work of a trial: long enough for a clock, and short enough for a dozen candidates. */
const SECONDS = 0.01;
/** The same by the wall clock, which learns of the end of a run 10 ms late. */
const WALL_SECONDS = 0.1;
/** Limit for a clock too coarse to see a run at all. */
const MOST_REPEATS = 1000;

/** Clocks of one measurement, for tests of their own. */
interface TrialClocks {
  /** Runs a pass so often, and returns the seconds of one by timestamps, or of the wall clock if there are none. */
  run(repeats: number): Promise<number>;
  /** True if `run` goes by timestamps. */
  readonly timestamps: boolean;
  /** Seconds of the wall clock since some time. */
  now(): number;
}

/** Seconds of one run of a pass that was run before, so that the driver has compiled it; see `timeTrial`. */
export function trialSeconds(gpu: Gpu, pass: Pass, hopeless: number): Promise<number> {
  const { timestamps } = gpu.features;
  return timeTrial({ run: (repeats) => gpuSeconds(gpu, pass, repeats), timestamps, now: startStopwatch() }, hopeless);
}

/**
 * Times as many runs as take 10 ms, by timestamps if these agree with the wall clock around them: they cannot be
 * longer, nor so much shorter that a host which learns of the end late does not explain it. Otherwise by the wall
 * clock, over 100 ms.
 *
 * @param hopeless seconds of a run after which, twice, there are no more
 */
export async function timeTrial(clocks: TrialClocks, hopeless: number): Promise<number> {
  let [once, wall] = await timed(clocks, 1);
  const shortest = () => agree(once, wall) ? once : Math.max(0, wall - LATE_SECONDS);
  // One slow run may be another program's fault.
  if (shortest() > hopeless) [once, wall] = await timed(clocks, 1);
  if (shortest() > hopeless) return shortest();
  const believed = agree(once, wall);
  if (believed && clocks.timestamps) {
    const repeats = repeatsFor(SECONDS, once);
    const [seconds, all] = await timed(clocks, repeats);
    if (agree(seconds * repeats, all)) return seconds;
  }
  for (let repeats = repeatsFor(WALL_SECONDS, wall);;) {
    const [, all] = await timed(clocks, repeats);
    if (all >= WALL_SECONDS || repeats === MOST_REPEATS) return all / repeats;
    repeats = repeatsFor(1.2 * WALL_SECONDS, all / repeats);
  }
}

/** Longest time in which a host learns of the end of a run, without other work on the machine. */
const LATE_SECONDS = 0.03;
/** Part of the wall clock's time that timestamps must have beyond that. */
const LEAST_SHARE = 0.3;

function agree(stamped: number, wall: number): boolean {
  return stamped <= 1.05 * wall && stamped >= LEAST_SHARE * (wall - LATE_SECONDS);
}

function repeatsFor(span: number, seconds: number): number {
  return Math.max(1, Math.min(MOST_REPEATS, Math.ceil(span / seconds)));
}

async function timed({ run, now }: TrialClocks, repeats: number): Promise<[seconds: number, wall: number]> {
  const before = now();
  const seconds = await run(repeats);
  return [seconds, now() - before];
}
