/**
 * Gradients along paths: integrated gradients by fixed and by certified quadrature, sampled gradients, and objectives
 * composed of log-probabilities. A path or a point function may be a model's (`LanguageModel.path`,
 * `LanguageModel.points`) or your own.
 *
 * ```ts
 * import { integrateAdaptively, type PathFunction } from "./quadrature.ts";
 *
 * // φ(x) = x₁² x₂ on the straight path from (0, 0) to (1, 2).
 * const path: PathFunction = {
 *   tokens: 2,
 *   targets: 1,
 *   evaluate: (alphas) =>
 *     Promise.resolve({
 *       score: alphas.map((alpha) => Float64Array.of(2 * alpha ** 3)),
 *       tangent: alphas.map((alpha) => Float64Array.of(6 * alpha ** 2)),
 *       gradient: alphas.map((alpha) => Float64Array.of(4 * alpha ** 2, 2 * alpha ** 2)),
 *     }),
 * };
 * const { attribution, certified } = await integrateAdaptively(path, {
 *   tolerance: 1e-6,
 *   budget: 100,
 *   gradient: "sequence",
 * });
 * console.log(attribution, certified?.certificate); // 4/3 and 2/3, which sum to φ(1, 2) = 2
 * ```
 *
 * @module
 */
export type {
  PathCertificate,
  PathFunction,
  PathIntegral,
  PathSamples,
  PathWants,
  ResistingPart,
} from "./src/attribution/path_function.ts";
export {
  type GradientNorm,
  type InputPoint,
  type PointFunction,
  type PointWants,
  straightPath,
} from "./src/attribution/point_function.ts";
export {
  FIXED_QUADRATURES,
  type FixedQuadrature,
  type FixedQuadratureName,
  type Quadrature,
  QUADRATURE_RULES,
  type QuadratureName,
  type QuadratureRule,
  quadratureRule,
} from "./src/attribution/quadrature.ts";
export { integrateFixed } from "./src/attribution/integrated_gradients.ts";
export { type AdaptiveOptions, type AdaptiveRound, integrateAdaptively } from "./src/attribution/adaptive.ts";
export { type AveragedIntegral, averageIntegrals } from "./src/attribution/averaged_integral.ts";
export { joinIntegrals } from "./src/attribution/joined_integral.ts";
export { inputXGradient, type Saliency, saliency } from "./src/attribution/local_gradients.ts";
export { integratePolyline } from "./src/attribution/polyline.ts";
export {
  discretizedPath,
  type DiscretizedPathOptions,
  type WordEmbeddings,
} from "./src/attribution/discretized_path.ts";
export {
  type BaselineSource,
  type ExpectedGradients,
  expectedGradients,
  type GradientObservation,
  type GradientSampling,
  type SampledGradients,
  smoothGradients,
} from "./src/attribution/sampled_gradients.ts";
export {
  type SampledMeans,
  type SampledVectors,
  sampleMeans,
  type SamplingEnd,
  type SamplingOptions,
} from "./src/attribution/sampled_means.ts";
export type { RandomStream } from "./src/statistics/random.ts";

export { OBJECTIVE_NAMES, type ObjectiveName, OBJECTIVES } from "./src/attribution/objectives/objective.ts";
export {
  type ComposedObjective,
  type Objective,
  OBJECTIVE_UNITS,
  type ObjectiveUnit,
} from "./src/attribution/objectives/objective_definition.ts";
export { composePath, composePoints, type Composition } from "./src/attribution/objectives/composition.ts";
export { contrast } from "./src/attribution/objectives/contrastive.ts";
export { crossEntropy } from "./src/attribution/objectives/cross_entropy.ts";
export { perplexity } from "./src/attribution/objectives/perplexity.ts";
export { sequenceProb } from "./src/attribution/objectives/sequence_prob.ts";
export { ofTotals, weightedScores } from "./src/attribution/objectives/own_compositions.ts";
export { topPairs } from "./src/attribution/objectives/margin.ts";
