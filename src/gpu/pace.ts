/** Seconds that one submission should take. Watchdogs of drivers end work after 2 s at the earliest (Windows). */
const SUBMISSION_SECONDS = 0.15;
/** Multiplications a second before any are timed: an old integrated GPU with kernels that do not suit it. */
const FIRST_RATE = 1e10;
/** A machine that slept during a run seems slower than this. */
const LEAST_RATE = 1e8;
/** Shorter runs say little, as the host learns of an end up to 10 ms later. */
const SHORTEST_SECONDS = 0.05;
/** One run may be of other kernels than the next. */
const MOST_RISE = 4;

/** Seconds of one launch by the mean pace of all kernels: slow ones take a few times as long. */
const LAUNCH_SECONDS = 0.3;

/** Pace of a device, as far as it is known from earlier runs. */
interface Pace {
  /** Work of one submission, in multiplications. */
  readonly submission: number;
  /** Most work of one launch, if several can do the same. */
  readonly launch: number;
  /**
   * Learns from a run that took between so many seconds: a slower pace at once, a faster one by steps.
   *
   * @param least 0 if it is not known
   */
  learn(work: number, least: number, most: number): void;
}

/** Starts with a careful guess: the first submissions are small, and grow from run to run. */
export function createPace(): Pace {
  let seen = FIRST_RATE;
  let rate = seen;
  return {
    get submission() {
      return rate * SUBMISSION_SECONDS;
    },
    get launch() {
      return seen * LAUNCH_SECONDS;
    },
    learn(work, least, most) {
      if (work > seen * most) seen = work / most;
      else if (work < seen * least && least >= SHORTEST_SECONDS) seen = Math.max(LEAST_RATE, work / least);
      rate = Math.min(seen, MOST_RISE * rate);
    },
  };
}
