import type { Gpu } from "../gpu/device.ts";
import { gpuSeconds, median } from "../gpu/gpu_time.ts";
import type { Pass } from "../gpu/pass.ts";
import { trialSeconds } from "../gpu/trial_time.ts";
import { type Choice, choiceText } from "./kernel_choice.ts";

/** A family of launches whose candidates compete. */
export interface Contest {
  readonly family: string;
  /** The default first, then the others by what they promise: a dozen at most. */
  readonly candidates: readonly [Choice, ...Choice[]];
  /** Operations of one pass. */
  readonly flop: number;
  /** Compares a candidate with the f64 reference, at the size that it is timed at as well. Throws if they differ. */
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
// A candidate that takes so many times as long as the best so far is not run again.
const HOPELESS = 3;
// Candidates so near to the best are timed again, in turn with the default.
const NEAR = 1.15;
const ROUNDS = 2;

/**
 * Times candidates, 10 ms each, and names the fastest that equals the reference; the default if no other is clearly
 * faster. Only the winner is compared: if it is wrong, the next one is.
 *
 * @param timeIsUp asked before each candidate but the default; those that are left cannot win then
 * @throws {RangeError} if none is right
 */
export async function holdContest(gpu: Gpu, contest: Contest, timeIsUp = () => false): Promise<ContestResult> {
  const errors = new Map<Choice, string>();
  const passes = new Map<Choice, Pass>();
  try {
    const seconds = await timeAll(gpu, contest, passes, errors, timeIsUp);
    for (;;) {
      const contenders = contest.candidates.map((choice) => {
        const error = errors.get(choice) ?? null;
        return { choice, rate: error === null ? contest.flop / seconds.get(choice)! : null, error };
      });
      if (contenders.every(({ rate }) => rate === null)) {
        throw new RangeError(
          `Cannot tune ${contest.family} as a candidate must be right: got ${[...errors.values()].join("; ")}`,
        );
      }
      const winner = winnerOf(contenders);
      try {
        await contest.check(winner);
        return { family: contest.family, contenders, winner };
      } catch (error) {
        errors.set(winner, messageOf(error));
      }
    }
  } finally {
    for (const pass of passes.values()) pass.dispose();
    contest.close();
  }
}

function messageOf(error: unknown): string {
  return (error as Error).message.split("\n")[0];
}

/** Seconds of a run of each candidate that has no error: of those near the best, the median of several. */
async function timeAll(
  gpu: Gpu,
  { candidates, prepare }: Contest,
  passes: Map<Choice, Pass>,
  errors: Map<Choice, string>,
  timeIsUp: () => boolean,
): Promise<Map<Choice, number>> {
  const seconds = new Map<Choice, number>();
  const best = () => Math.min(...seconds.values());
  for (const choice of candidates) {
    if (seconds.size > 0 && timeIsUp()) {
      errors.set(choice, "not timed, as the time for tuning was up");
      continue;
    }
    try {
      const pass = await prepare(choice);
      passes.set(choice, pass);
      // The driver compiles in the first run.
      await gpuSeconds(gpu, pass, 1);
      seconds.set(choice, await trialSeconds(gpu, pass, HOPELESS * best()));
    } catch (error) {
      errors.set(choice, messageOf(error));
    }
  }
  const again = candidates.filter((choice, i) =>
    (seconds.get(choice) ?? Infinity) <= (i === 0 ? HOPELESS : NEAR) * best()
  );
  if (again.length < 2) return seconds;
  const all = again.map((choice) => [seconds.get(choice)!]);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, choice] of again.entries()) all[i].push(await trialSeconds(gpu, passes.get(choice)!, Infinity));
  }
  again.forEach((choice, i) => seconds.set(choice, median(all[i])));
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
