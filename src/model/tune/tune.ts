import { createHash } from "node:crypto";
import type { Gpu } from "../../gpu/device.ts";
import { createPipelineCache } from "../../gpu/kernel.ts";
import type { Choice, Tuning } from "../../ops/kernel_choice.ts";
import { choicesText, type ContestResult, holdContest } from "../../ops/kernel_contest.ts";
import { startStopwatch } from "../../time/stopwatch.ts";
import { type ProductClass, productContest } from "../../ops/product/product_contest.ts";

export type { ContestResult } from "../../ops/kernel_contest.ts";
export { choiceText as textOfChoice } from "../../ops/kernel_choice.ts";

/** Seconds that tuning takes at most, but for the last candidate's: a dozen families take half of them on a GPU. */
const MOST_SECONDS = 120;

/** Result of a tuning. */
interface Tuned {
  readonly tuning: Tuning;
  /** Families that there was no time for, which keep what they had. */
  readonly left: readonly string[];
}

/**
 * Holds the contests of classes of products; those with one kernel alone have none.
 *
 * @param known choices of other families, which are kept
 * @param options.onResult receives each contest when it has ended
 * @param options.seconds for all contests together. Default: two minutes
 */
export async function tune(
  gpu: Gpu,
  classes: readonly ProductClass[],
  known: ReadonlyMap<string, Choice>,
  { onResult = () => {}, seconds = MOST_SECONDS }: {
    readonly onResult?: (result: ContestResult) => void;
    readonly seconds?: number;
  } = {},
): Promise<Tuned> {
  const pipelines = createPipelineCache(gpu);
  const choices = new Map(known);
  const left: string[] = [];
  const spent = startStopwatch();
  const timeIsUp = () => spent() >= seconds;
  for (const one of classes) {
    const contest = productContest(gpu, pipelines, one);
    if (contest === null) continue;
    if (timeIsUp()) {
      left.push(contest.family);
      contest.close();
      continue;
    }
    const result = await holdContest(gpu, contest, timeIsUp);
    choices.set(result.family, result.winner);
    onResult(result);
  }
  return { tuning: tuningOf(choices), left };
}

/** Makes the tuning of choices, named by their hash. */
export function tuningOf(choices: ReadonlyMap<string, Choice>): Tuning {
  return { name: createHash("sha256").update(choicesText(choices)).digest("hex").slice(0, 12), choices };
}
