/**
 * Methods of your own. A method is one declaration; once it is added, types, checks, flags, help, YAML keys, columns
 * and documentation follow from it.
 *
 * ```ts
 * import { addMethod, DRAW_OPTIONS, method, option, perturb, PERTURBATION_OPTIONS, wholeNumber } from "./methods.ts";
 * import { methodNames } from "./mod.ts";
 * import { occlude } from "./perturbation.ts";
 *
 * const pairs = method({
 *   name: "pairs",
 *   title: "Pairs of units",
 *   family: "perturbation",
 *   yields: "additive",
 *   cost: "N + 1 model calls",
 *   purpose: "takes neighbours away together",
 *   source: "this example",
 *   options: {
 *     ...PERTURBATION_OPTIONS,
 *     ...DRAW_OPTIONS,
 *     reach: option({ kind: wholeNumber(1, 9), default: 2, help: "neighbours taken away at once" }),
 *   },
 *   run: (subject, options) =>
 *     perturb(subject, options, (scorer, { reach }) => occlude(scorer, { window: reach })),
 * });
 * addMethod(pairs);
 * console.log(methodNames().at(-1)); // pairs, which `attribute`, the command line and YAML now take
 * ```
 *
 * @module
 */
export { type Method, method, METHOD_FAMILIES, type Subject } from "./src/explain/methods/method.ts";
export { addMethod, METHOD_ROWS, type MethodRow } from "./src/explain/methods/method_table.ts";
export type {
  AddedMethods,
  GivenDefaultOptions,
  GivenOptionsOf,
  GivenVariantOptions,
  KnownMethod,
  MethodNamed,
  ResolvedOptions,
} from "./src/explain/methods/attribution_options.ts";
export {
  type Condition,
  type Given,
  type Limit,
  type Option,
  option,
  optional,
  type OptionSet,
  type Resolved,
} from "./src/explain/options/option.ts";
export {
  ABOVE_0,
  NOT_NEGATIVE,
  oneOf,
  SEED,
  TRUE_OR_FALSE,
  type ValueKind,
  wholeNumber,
} from "./src/explain/options/value_kind.ts";
export type { JsonLeaf } from "./src/explain/options/json_leaf.ts";
export type { Mistake } from "./src/explain/options/mistake.ts";
export { COMMON_OPTIONS, type CommonOptions, type GivenCommonOptions } from "./src/explain/options/common_options.ts";
export {
  CHAIN_OPTIONS,
  type ChainOptions,
  type GivenChainOptions,
  type SpansThrough,
  type Through,
  type ThroughText,
} from "./src/explain/options/chain_options.ts";
export type { ThresholdText } from "./src/explain/context/threshold.ts";
export type { ContextDocument } from "./src/explain/context/documents.ts";
export type { PromptDocument } from "./src/explain/context/context_text.ts";
export { DEPENDENCE_NAMES, TEXT_OPTIONS } from "./src/explain/options/attribution_text.ts";
export { PRESET_VARIANTS } from "./src/explain/options/preset.ts";
export { DRAW_OPTIONS, PERTURBATION_OPTIONS, SAMPLED_OPTIONS } from "./src/explain/options/sampling_options.ts";
export { perturb, type PerturbationRun } from "./src/explain/methods/perturbation/perturb.ts";
export { baseline, layer, QUADRATURE_OPTIONS, tokens } from "./src/explain/options/path_options.ts";
export { judgeIntegral, type ResultForm } from "./src/explain/methods/gradient/judge_integral.ts";
export { baselineRows } from "./src/explain/baselines/baseline_rows.ts";
export type { EMBEDDING_WORDS, EmbeddingName } from "./src/explain/options/embedding_name.ts";
export type {
  AveragedBaseline,
  Baseline,
  BaselineText,
  DrawnBaseline,
  SingleBaseline,
  SingleBaselineText,
} from "./src/explain/options/baseline.ts";
export type { FrozenText, FrozenTokens } from "./src/explain/options/freeze.ts";
export type { GivenMetrics, METRIC_OPTIONS, MetricOptions } from "./src/explain/options/metric_options.ts";
export type { PlainScheme, PlainSchemeText, RemovalScheme, Scheme, SchemeText } from "./src/explain/options/scheme.ts";
export type { TargetUnitsText, UnitsText } from "./src/explain/options/units.ts";
export type { TARGET_UNIT_WORDS, UNIT_WORDS } from "./src/units/division.ts";
export type { Judged, PrefixLevel, Sampling, UnitLevel } from "./src/explain/judged.ts";
export type { OpenObjective } from "./src/explain/open_objective.ts";
export type { PreparedText } from "./src/explain/prepare_text.ts";
