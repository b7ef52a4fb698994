/**
 * Measures of attributions: how faithful one is to the model, how far two agree, how stable they are over runs, how
 * well they find known causes; and intervals for means of such measures.
 *
 * ```ts
 * import { measureFaithfulness, orderOf } from "./metrics.ts";
 * import { createScorer, type Game } from "./perturbation.ts";
 *
 * // Eight units of which each adds its own weight to the score.
 * const weights = [3, -1, 0.5, 2, 0, 1, -0.5, 4];
 * const game: Game = {
 *   units: 8,
 *   targets: 1,
 *   scoresNothing: true,
 *   score: (coalitions) =>
 *     Promise.resolve(coalitions.map((kept) => Float64Array.of(weights.reduce((sum, w, i) => sum + w * kept[i], 0)))),
 * }; const { value, advantage } = await measureFaithfulness(createScorer(game), "deletion", orderOf(weights), { seed: 0
 * }); console.log(value, advantage); // a mean height, and how far below random orders it lies
 * ```
 *
 * @module
 */
export {
  type ControlledCurve,
  type Faithfulness,
  type FaithfulnessOptions,
  measureFaithfulness,
  type RemovalCurve,
  removalCurve,
} from "./src/metrics/faithfulness.ts";
export { ORDER_MEASURE_NAMES, type OrderMeasureName, orderOf } from "./src/metrics/order_measure.ts";
export { type Infidelity, infidelity, type InfidelityOptions } from "./src/metrics/infidelity.ts";
export { maxSensitivity, type Sensitivity, type SensitivityOptions } from "./src/metrics/max_sensitivity.ts";
export { completeness, type CompletenessError } from "./src/metrics/completeness.ts";
export { type Agreement, agreement } from "./src/metrics/agreement.ts";
export { type Stability, stability } from "./src/metrics/stability.ts";
export { averagePrecision, precisionAt, rocAuc } from "./src/metrics/ground_truth.ts";
export { type ClusteredMean, clusteredMean, type ClusteredValue } from "./src/statistics/clustered_mean.ts";
export { bootstrap, type BootstrapEstimate, type BootstrapOptions } from "./src/statistics/bootstrap.ts";
