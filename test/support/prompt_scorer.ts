import { promptGame } from "../../src/perturbation/prompt_game.ts";
import type { Replacement } from "../../src/perturbation/prompt_variant.ts";
import { createScorer, type Scorer } from "../../src/perturbation/scorer.ts";
import type { LanguageModel } from "../../src/model/model.ts";

/** Token ids, and the positions of each unit; every token by itself where they are not given. */
export interface ScoredIds {
  readonly prompt: readonly number[];
  readonly target: readonly number[];
  readonly groups?: readonly (readonly number[])[];
}

/** The scorer of a prompt's units. */
export async function promptScorer(
  model: LanguageModel,
  { prompt, target, groups = prompt.map((_, i) => [i]) }: ScoredIds,
  replacement: Replacement,
): Promise<Scorer> {
  return createScorer(promptGame({
    prompt: await model.embed(prompt),
    hiddenSize: model.config.hiddenSize,
    groups,
    targets: target.length,
    score: (prompts, original) => model.score(prompts, target, original),
  }, replacement));
}
