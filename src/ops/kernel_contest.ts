import type { Gpu } from "../gpu/device.ts";
import { gpuSeconds, timeInTurn } from "../gpu/gpu_time.ts";
import type { Pass } from "../gpu/pass.ts";
import { type Choice, choiceText } from "./kernel_choice.ts";

/** A family of launches whose candidates compete. */
export interface Contest {
  readonly family: string;
  /** The default first. */
  readonly candidates: readonly [Choice, ...Choice[]];
  /** Operations of one pass. */
  readonly flop: number;
  /** Compares a candidate with the f64 reference on a small case. Throws if they differ. */
  check(choice: Choice): Promise<void>;
  /** Launches of a candidate at the size that it is timed at. */
  prepare(choice: Choice): Promise<Pass>;
  close(): void;
}

/** Speed of a candidate. */
export interface Contender {
  readonly choice: Choice;
  /** Operations a second; null if it may not win. */
  readonly rate: number | null;
  /** Reason why it may not. */
  readonly error: string | null;
}

/** Result of a contest. */
export interface ContestResult {
  readonly family: string;
  /** The default first. */
  readonly contenders: readonly Contender[];
  readonly winner: Choice;
}

// Less is noise, and a default that changes from one tuning to the next for nothing is worse than a percent of speed.
const LEAST_GAIN = 1.03;
// A candidate that takes so many times as long in one run does not win in others.
const HOPELESS = 3;

/**
 * Checks each candidate against the reference, times the right ones in turn (medians; the first run, in which the
 * driver compiles, is left out), and names the fastest; the default if no other is clearly faster.
 *
 * @throws {RangeError} if none is right
 */
export async function holdContest(gpu: Gpu, contest: Contest): Promise<ContestResult> {
  try {
    const errors = new Map<Choice, string>();
    const passes = new Map<Choice, Pass>();
    for (const choice of contest.candidates) {
      try {
        await contest.check(choice);
        passes.set(choice, await contest.prepare(choice));
      } catch (error) {
        errors.set(choice, (error as Error).message.split("\n")[0]);
      }
    }
    if (passes.size === 0) {
      throw new RangeError(
        `Cannot tune ${contest.family} as a candidate must be right: got ${[...errors.values()].join("; ")}`,
      );
    }
    const seconds = await timeAll(gpu, passes);
    const rates = new Map([...seconds].map(([choice, time]) => [choice, contest.flop / time]));
    for (const pass of passes.values()) pass.dispose();
    const contenders = contest.candidates.map((choice) => (
      { choice, rate: rates.get(choice) ?? null, error: errors.get(choice) ?? null }
    ));
    return { family: contest.family, contenders, winner: winnerOf(contenders) };
  } finally {
    contest.close();
  }
}

/** Seconds of each: of the second run if that is far from the best, else medians over runs in turn. */
async function timeAll(gpu: Gpu, passes: ReadonlyMap<Choice, Pass>): Promise<Map<Choice, number>> {
  const seconds = new Map<Choice, number>();
  for (const [choice, pass] of passes) {
    // The driver compiles in it: the check was of other kernels, as some are made for a size.
    await gpuSeconds(gpu, pass, 1);
    seconds.set(choice, await gpuSeconds(gpu, pass, 1));
  }
  const best = Math.min(...seconds.values());
  const close = [...passes].filter(([choice]) => seconds.get(choice)! <= HOPELESS * best);
  const medians = await timeInTurn(gpu, close.map(([, pass]) => pass));
  close.forEach(([choice], i) => seconds.set(choice, medians[i]));
  return seconds;
}

/** The fastest; the first if no other is faster by more than noise. */
export function winnerOf(contenders: readonly Contender[]): Choice {
  const right = contenders.filter(({ rate }) => rate !== null);
  const best = right.reduce((top, one) => one.rate! > top.rate! ? one : top);
  const [first] = contenders;
  return first.rate !== null && best.rate! < LEAST_GAIN * first.rate ? first.choice : best.choice;
}

/** A tuning's name: equal for equal choices, whatever their order. */
export function choicesText(choices: ReadonlyMap<string, Choice>): string {
  return [...choices].map(([family, choice]) => `${family}: ${choiceText(choice)}`).sort().join("\n");
}
