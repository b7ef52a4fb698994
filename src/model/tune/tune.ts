import { createHash } from "node:crypto";
import type { Gpu } from "../../gpu/device.ts";
import { createPipelineCache } from "../../gpu/kernel.ts";
import type { Choice, Tuning } from "../../ops/kernel_choice.ts";
import { choicesText, type ContestResult, holdContest } from "../../ops/kernel_contest.ts";
import { attentionContest } from "../../ops/attention/attention_contest.ts";
import { productContest } from "../../ops/product/product_contest.ts";
import type { TunedClass } from "./tuned_classes.ts";

export type { ContestResult } from "../../ops/kernel_contest.ts";
export { choiceText as textOfChoice } from "../../ops/kernel_choice.ts";

/** Result of a tuning. */
interface Tuned {
  readonly tuning: Tuning;
  /** Families that there was no time for, which keep what they had. */
  readonly left: readonly string[];
}

/**
 * Holds the contests of classes of products and attention; those with one kernel alone have none.
 *
 * @param known choices of other families, which are kept
 * @param options.onResult receives each contest when it has ended
 * @param options.timeIsUp asked before each contest and candidate. Default: never
 */
export async function tune(
  gpu: Gpu,
  classes: readonly TunedClass[],
  known: ReadonlyMap<string, Choice>,
  { onResult = () => {}, timeIsUp = () => false }: {
    readonly onResult?: (result: ContestResult) => void;
    readonly timeIsUp?: () => boolean;
  } = {},
): Promise<Tuned> {
  const pipelines = createPipelineCache(gpu);
  const choices = new Map(known);
  const left: string[] = [];
  for (const one of classes) {
    const contest = "headSize" in one ? attentionContest(gpu, pipelines, one) : productContest(gpu, pipelines, one);
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
