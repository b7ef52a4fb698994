/**
 * Attribution by taking units away: games over coalitions, a scorer that remembers and keeps to a budget, and the
 * methods that ask it. A game may be a model's prompt (`promptGame`) or your own.
 *
 * ```ts
 * import { createScorer, exactShapley, type Game } from "./perturbation.ts";
 *
 * // Two units: 1 for the first alone, 0 for the second alone, 3 for both.
 * const game: Game = {
 *   units: 2,
 *   targets: 1,
 *   scoresNothing: true,
 *   score: (coalitions) => Promise.resolve(coalitions.map(([first, second]) => Float64Array.of(first + 2 * first * second))),
 * };
 * const { sequence, calls } = await exactShapley(createScorer(game, { budget: 10 }));
 * console.log(sequence, calls); // 2 and 1, by 4 calls
 * ```
 *
 * @module
 */
export {
  type Coalition,
  coalitionOf,
  complement,
  everyUnit,
  noUnit,
  type Variety,
} from "./src/perturbation/coalition.ts";
export {
  createScorer,
  type Game,
  type Scorer,
  type ScoreRequest,
  type ScorerOptions,
} from "./src/perturbation/scorer.ts";
export { promptGame, type PromptProblem } from "./src/perturbation/prompt_game.ts";
export type { PromptVariant, Replacement } from "./src/perturbation/prompt_variant.ts";
export { binaryTree, groupedTree, halvedTree, type UnitTree } from "./src/perturbation/unit_tree.ts";

export type {
  SamplerStop,
  StandardErrorRule,
  Uncertainty,
  UnitAttribution,
} from "./src/perturbation/unit_attribution.ts";
export type { HeldOut, SurrogateAttribution } from "./src/perturbation/surrogate.ts";
export { occlude, type OcclusionOptions } from "./src/perturbation/occlusion.ts";
export { exactShapley } from "./src/perturbation/exact_shapley.ts";
export { type SampledShapleyOptions, sampleShapley } from "./src/perturbation/sampled_shapley.ts";
export { kernelShap, type KernelShapOptions } from "./src/perturbation/kernel_shap.ts";
export { exactOwen, type SampledOwenOptions, sampleOwen } from "./src/perturbation/owen.ts";
export { type BlockAttribution, coarseToFine, type CoarseToFineOptions } from "./src/perturbation/coarse_to_fine.ts";
export { lime, type LimeOptions } from "./src/perturbation/lime.ts";
export { sparseSurrogate, type SparseSurrogateOptions } from "./src/perturbation/sparse_surrogate.ts";
export { LINK_NAMES, type LinkName } from "./src/perturbation/link.ts";
export { type CaptumShapleyOptions, captumShapleySampled } from "./src/perturbation/captum_shapley_sampled.ts";
export { captumKernelShap, type CaptumKernelShapOptions } from "./src/perturbation/captum_kernel_shap.ts";
export { averageDraws, type DrawOptions } from "./src/perturbation/averaged_attribution.ts";
