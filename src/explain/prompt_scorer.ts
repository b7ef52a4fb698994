import { promptGame } from "../perturbation/prompt_game.ts";
import type { Replacement } from "../perturbation/prompt_variant.ts";
import { createScorer, type Scorer } from "../perturbation/scorer.ts";
import type { LanguageModel } from "../model/model.ts";
import { freeGroups } from "../units/unit.ts";
import type { OpenObjective } from "./open_objective.ts";
import type { PreparedText } from "./prepare_text.ts";

// Bytes that the embeddings of coalitions may take at a time: all of exact Shapley values would be gigabytes.
const BATCH_BYTES = 2 ** 26;

/**
 * Scores an objective with units of the prompt taken away, for perturbation methods and for metrics of any method.
 *
 * @param budget most model calls; null: any number
 * @throws {RangeError} if the prompt has no free unit
 */
export function promptScorer(
  model: LanguageModel,
  objective: OpenObjective,
  { promptRows: prompt, units }: PreparedText,
  replacement: Replacement,
  budget: number | null,
): Scorer {
  const game = promptGame({
    prompt,
    hiddenSize: model.config.hiddenSize,
    groups: freeGroups(units),
    targets: objective.targets,
    score: objective.score,
  }, replacement);
  const batch = Math.max(1, Math.floor(BATCH_BYTES / prompt.byteLength));
  return createScorer(game, { budget: budget ?? undefined, batch });
}
