/**
 * Parts of a loaded model: its configuration, tokenizer, chat template and meter, and requests for its paths and
 * points.
 *
 * ```ts
 * import { loadModel } from "./mod.ts";
 * import type { PromptToken } from "./model.ts";
 *
 * const model = await loadModel("embedded", { device: "reference" });
 * const tokenizer = await model.tokenizer();
 * const tokens: readonly PromptToken[] = (await tokenizer.encodePrompt("Michael works as a")).tokens;
 * console.log(tokens.map(({ text }) => text), model.config.hiddenSize);
 * model.close();
 * ```
 *
 * @module
 */
export type { DeviceInfo } from "./src/model/model.ts";
export type { ArchitectureName } from "./src/model/load/architectures.ts";
export type { LayerKind } from "./src/model/load/layer_kinds.ts";
export type { ModelConfig } from "./src/model/load/model_config.ts";
export type { RopeScaling, RopeTable } from "./src/model/load/rope_scaling.ts";
export type { EncodedPrompt, PromptOptions, PromptToken, Token, Tokenizer } from "./src/model/tokens/tokenizer.ts";
export { type ChatTurn, type RenderedTurns, renderTurns } from "./src/model/tokens/chat_turns.ts";
export type { ThinkMarkers } from "./src/model/tokens/think_markers.ts";
export {
  flashTrace,
  type FlashTraced,
  type FlowBlock,
  type InformationFlow,
  type TracedSpans,
} from "./src/attribution/chains/flash_trace.ts";
export type { TokenSampling } from "./src/model/generate/sampler.ts";
export type { ModelMeter } from "./src/model/run/model_meter.ts";
export type { HeadObjective } from "./src/model/graphs/head.ts";
export type { ScoredTarget } from "./src/model/run/open_sequences.ts";
export { loadWeightPair, type WeightPair, type WeightSource } from "./src/model/pair/weight_pair.ts";
export type { WeightPathRequest } from "./src/model/pair/open_weight_path.ts";
export { compareWeights, type CompareWeightsOptions } from "./src/explain/weights/compare_weights.ts";
export { WEIGHTS_SCHEMA, type WeightShare, type WeightsRecord } from "./src/explain/weights/weights_record.ts";
export type { PathRequest } from "./src/model/run/open_path.ts";
export type { SecantRequest } from "./src/model/run/open_secant.ts";
export type { PointRuleName } from "./src/ops/rules/rule_table.ts";
export type { PathPart, SecantFunction, SecantSamples } from "./src/attribution/secant.ts";
export type { PointsRequest } from "./src/model/run/open_points.ts";
