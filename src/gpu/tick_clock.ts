import { startStopwatch } from "../time/stopwatch.ts";

/** The unit of a device's timestamps. */
interface TickClock {
  /** Returns the nanoseconds of a tick, measured at the first call. */
  nanoseconds(): Promise<number>;
}

/** Wall clock and pauses in seconds, for tests of their own. */
interface Wall {
  now(): number;
  pause(seconds: number): Promise<void>;
}

/** A timestamp, and the seconds of the wall clock that it was taken between. */
interface Stamp {
  readonly ticks: bigint;
  readonly before: number;
  readonly after: number;
}

/**
 * Starts to measure the unit of a device's timestamps against the wall clock. WebGPU says nanoseconds, and Deno hands
 * on the driver's ticks: 1 ns in software and on NVIDIA, 10 on AMD, 26 to 83 on Intel.
 *
 * @param read takes a timestamp of an idle device and brings it to the host
 */
export async function startTickClock(read: () => Promise<bigint>, wall: Wall = realWall()): Promise<TickClock> {
  const first = await takeStamp(read, wall);
  let measured: Promise<number> | undefined;
  return { nanoseconds: () => measured ??= measure(first, read, wall) };
}

/** Widest bounds that tell 1 from other units, of which none is known between 0.2 and 5. */
const WIDEST = 4;
/** Widest bounds of another unit: stamps that the host has 10 ms later then lie some 50 ms apart. */
const WIDEST_OTHER = 1.5;
/** Seconds between stamps that are too close to each other. */
const PAUSE = 0.03;
/** A device that needs more is so busy that no time on it means much. */
const MOST_STAMPS = 50;

/** The ratio of both clocks between two stamps; 1 if the bounds of the wall clock allow it. */
async function measure(first: Stamp, read: () => Promise<bigint>, wall: Wall): Promise<number> {
  for (let i = 0; i < MOST_STAMPS; i++) {
    const last = await takeStamp(read, wall);
    const ticks = Number(last.ticks - first.ticks) / 1e9;
    const low = (last.before - first.after) / ticks;
    const high = (last.after - first.before) / ticks;
    if (ticks > 0 && low > 0) {
      if (low <= 1 && high >= 1 && high < WIDEST * low) return 1;
      // An idle device takes a stamp as soon as it is asked to; what comes late is the answer.
      if ((low > 1 || high < 1) && high < WIDEST_OTHER * low) return (last.before - first.before) / ticks;
    }
    await wall.pause(PAUSE);
  }
  // Timestamps that stand still are no seconds in any unit.
  return 1;
}

async function takeStamp(read: () => Promise<bigint>, wall: Wall): Promise<Stamp> {
  const before = wall.now();
  const ticks = await read();
  return { ticks, before, after: wall.now() };
}

function realWall(): Wall {
  return {
    now: startStopwatch(),
    pause: (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds)),
  };
}
