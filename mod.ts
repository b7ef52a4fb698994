/**
 * Whence says which prompt tokens made a language model generate which output tokens, on any GPU that WebGPU drives, with a
 * certificate beside every number.
 *
 * ```ts
 * import { attribute, loadModel, renderRecord } from "./mod.ts";
 *
 * const model = await loadModel(); // the embedded biography model, or a directory, a .gguf file, "org/name"
 * const record = await attribute(model, {
 *   prompt: "Michael works as a software engineer in Austin, Texas. In his free time, he enjoys",
 *   target: " painting",
 * });
 * await Deno.stdout.write(new TextEncoder().encode(await renderRecord(record, "table") as string));
 * model.close();
 * ```
 *
 * @module
 */
export { attribute } from "./src/explain/attribute.ts";
export {
  type AttributionOptions,
  type AttributionText,
  DEFAULT_OPTIONS,
} from "./src/explain/options/attribution_options.ts";
export { type GivenOptions, PRESET_NAMES, type PresetName } from "./src/explain/options/preset.ts";
export { HIERARCHIES, METHODS, QUADRATURES, resolveOptions } from "./src/explain/options/attribution_options.ts";
export { NORMS, PREFIXES, STRATEGIES } from "./src/explain/options/gradient_options.ts";
export {
  DEFAULT_METRICS,
  METRIC_NAMES,
  type MetricName,
  type MetricOptions,
} from "./src/explain/options/metric_options.ts";
export type {
  HierarchyName,
  MethodName,
  NormName,
  PrefixName,
  QuadratureName,
  StrategyName,
} from "./src/explain/options/attribution_options.ts";
export type { AttributionRecord, SequenceCompleteness } from "./src/explain/record/record.ts";
export type { RecordFaithfulness, RecordMetrics } from "./src/explain/record/record_metrics.ts";
export type { RecordPrefix } from "./src/explain/record/record_prefix.ts";
export type { RecordSampling } from "./src/explain/record/record_sampling.ts";
export type { RecordSurrogate } from "./src/explain/record/record_surrogate.ts";
export type { RecordToken } from "./src/explain/record/record_token.ts";
export type { RecordUnits } from "./src/explain/record/record_units.ts";
export { RECORD_SCHEMA } from "./src/explain/record/record.ts";
export { type Device, type DeviceInfo, type LanguageModel, loadModel, type LoadOptions } from "./src/model/model.ts";
export type { DownloadProgress } from "./src/checkpoint/hub/hub_settings.ts";
export { HubError } from "./src/checkpoint/hub/hub_error.ts";
export { GpuError, NoAdapterError } from "./src/gpu/device.ts";
export { RECORD_FORMATS, type RecordFormat, renderRecord } from "./src/report/render_record.ts";
export type { TableOptions } from "./src/report/text/record_table.ts";
export type { ArchitectureName } from "./src/model/load/architectures.ts";
export type { LayerKind, ModelConfig } from "./src/model/load/model_config.ts";
export type { RopeScaling, RopeTable } from "./src/model/load/rope_scaling.ts";
export type { GenerateOptions } from "./src/model/generate/continue_prompt.ts";
export type { TokenSampling } from "./src/model/generate/sampler.ts";
export type { ModelMeter } from "./src/model/run/model_meter.ts";
export type { Quantize } from "./src/model/load/load_weights.ts";
export type { PathRequest } from "./src/model/run/open_path.ts";
export type { PointsRequest } from "./src/model/run/open_points.ts";
export type { EncodedPrompt, PromptOptions, PromptToken, Token, Tokenizer } from "./src/model/tokens/tokenizer.ts";
export type { HeadObjective } from "./src/model/graphs/head.ts";
export { OBJECTIVE_NAMES, type ObjectiveName, OBJECTIVES } from "./src/attribution/objectives/objective.ts";
export {
  type ComposedObjective,
  type Objective,
  OBJECTIVE_UNITS,
  type ObjectiveUnit,
} from "./src/attribution/objectives/objective_definition.ts";
export { composePath, type Composition } from "./src/attribution/objectives/composition.ts";
export { contrast } from "./src/attribution/objectives/contrastive.ts";
export { crossEntropy } from "./src/attribution/objectives/cross_entropy.ts";
export { perplexity } from "./src/attribution/objectives/perplexity.ts";
export { sequenceProb } from "./src/attribution/objectives/sequence_prob.ts";
export { topPairs } from "./src/attribution/objectives/margin.ts";
export { integrateFixed } from "./src/attribution/integrated_gradients.ts";
export {
  type Baselines,
  type ExpectedGradients,
  expectedGradients,
  type GradientObservation,
  type GradientSampling,
  type SampledGradients,
  smoothGradients,
} from "./src/attribution/sampled_gradients.ts";
export {
  type Observation,
  type SampledMeans,
  sampleMeans,
  type SamplingEnd,
  type SamplingOptions,
} from "./src/attribution/sampled_means.ts";
export { joinIntegrals } from "./src/attribution/joined_integral.ts";
export type { Random } from "./src/statistics/random.ts";
export { discretizedPath, type DiscretizedPathOptions, type Vocabulary } from "./src/attribution/discretized_path.ts";
export { integratePolyline } from "./src/attribution/polyline.ts";
export { type AdaptiveOptions, integrateAdaptively } from "./src/attribution/adaptive.ts";
export type {
  Certified,
  PathFunction,
  PathIntegral,
  PathSamples,
  PathWants,
  Resisting,
} from "./src/attribution/path_function.ts";
export {
  type GradientNorm,
  type InputPoint,
  type PointFunction,
  type PointWants,
  straightPath,
} from "./src/attribution/point_function.ts";
export { inputXGradient, type Saliency, saliency } from "./src/attribution/local_gradients.ts";
export {
  FIXED_QUADRATURES,
  type FixedQuadrature,
  type FixedQuadratureName,
  type Quadrature,
  type QuadratureRule,
  quadratureRule,
} from "./src/attribution/quadrature.ts";
export { dequantizeNf4, type Nf4Tensor, quantizeNf4 } from "./src/quant/nf4.ts";
export { type Forecast, type ForecastModel, type ForecastRange, openForecast } from "./src/experiment/run/forecast.ts";
export { experiment, type ExperimentOptions, type ExperimentSummary } from "./src/experiment/experiment.ts";
export { type Coalition, coalitionOf, complement, everyUnit, noUnit } from "./src/perturbation/coalition.ts";
export {
  createScorer,
  type Game,
  type Scorer,
  type ScoreRequest,
  type ScorerOptions,
} from "./src/perturbation/scorer.ts";
export { promptGame, type PromptProblem } from "./src/perturbation/prompt_game.ts";
export type { PromptVariant, Replacement } from "./src/perturbation/prompt_variant.ts";
export type { Stopped, Uncertainty, UnitAttribution } from "./src/perturbation/unit_attribution.ts";
export type { HeldOut, SurrogateAttribution } from "./src/perturbation/surrogate.ts";
export {
  PERTURBATION_METHOD_NAMES,
  PERTURBATION_METHODS,
  type PerturbationMethod,
  type PerturbationMethodName,
  type PerturbationOptions,
} from "./src/perturbation/perturbation_methods.ts";
export { LINK_NAMES, type LinkName } from "./src/perturbation/link.ts";
export { binaryTree, groupedTree, type UnitTree } from "./src/perturbation/unit_tree.ts";
export { aggregate } from "./src/units/aggregate.ts";
export { type Message, type RenderedTurns, renderTurns, type Turn } from "./src/model/tokens/chat_turns.ts";
export { divide } from "./src/units/divide.ts";
export { type Division, divisionText, parseDivision } from "./src/units/division.ts";
export { fillTemplate } from "./src/units/slots.ts";
export { SEGMENT_KINDS, type SegmentKind, type Span } from "./src/units/text_segments.ts";
export { containingUnits, freeGroups, type NamedSpan, type Unit, type UnitToken } from "./src/units/unit.ts";
export { type Agreement, agreement } from "./src/metrics/agreement.ts";
export {
  type AgreementNumbers,
  type ComparedRecord,
  compareRecords,
  type RecordComparison,
} from "./src/experiment/findings/compare_records.ts";
export { type Cause, scoreTruth, type Truth, type TruthScore } from "./src/experiment/findings/truth.ts";
export {
  type ControlledCurve,
  type Faithfulness,
  type FaithfulnessOptions,
  measureFaithfulness,
  type RemovalCurve,
  removalCurve,
} from "./src/metrics/faithfulness.ts";
export { averagePrecision, precisionAt, rocAuc } from "./src/metrics/ground_truth.ts";
export { type Infidelity, infidelity, type InfidelityOptions } from "./src/metrics/infidelity.ts";
export { maxSensitivity, type Sensitivity, type SensitivityOptions } from "./src/metrics/max_sensitivity.ts";
export { ORDER_MEASURE_NAMES, type OrderMeasureName, orderOf } from "./src/metrics/order_measure.ts";
export { type Stability, stability } from "./src/metrics/stability.ts";
export { type ClusteredMean, clusteredMean, type ClusteredValue } from "./src/statistics/clustered_mean.ts";
export { bootstrap, type BootstrapOptions, type Estimate } from "./src/statistics/bootstrap.ts";
