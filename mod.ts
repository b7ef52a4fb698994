/**
 * Whence says which prompt tokens made a language model generate which output tokens, on any GPU that WebGPU drives,
 * and certifies its numbers.
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
 * The parts have modules of their own: `record.ts` (reading and comparing records), `methods.ts` (methods of your own),
 * `quadrature.ts` (gradients along paths), `perturbation.ts` (coalitions of units), `metrics.ts`, `units.ts`,
 * `model.ts` and `checkpoint.ts` (model files).
 *
 * @module
 */
export { type Device, type LanguageModel, loadModel, type LoadOptions } from "./src/model/model.ts";
export type { GivenEngine, GivenTokenizer } from "./src/model/tokens/given_tokenizer.ts";
export type { AddedToken } from "./src/model/tokens/vocabulary.ts";
export type { Quantize } from "./src/model/load/load_weights.ts";
export type { GenerateOptions } from "./src/model/generate/continue_prompt.ts";
export type { ChatMessage } from "./src/model/tokens/chat_turns.ts";
export { NoAdapterError } from "./src/gpu/device.ts";
export { GpuError } from "./src/gpu/gpu_error.ts";
export { NoRuntimeError } from "./src/graph/onnx_runtime.ts";
export { HubError } from "./src/checkpoint/hub/hub_error.ts";
export type { DownloadProgress } from "./src/checkpoint/hub/hub_settings.ts";

export { attribute, type AttributionControl } from "./src/library/attribute.ts";
export {
  type AttributedText,
  attributeMany,
  type ManyControl,
  type ManyProgress,
} from "./src/library/attribute_many.ts";
export { showRecord } from "./src/library/record_display.ts";
export { type Display, type NotebookProgress, notebookProgress } from "./src/library/notebook_progress.ts";
export type { AttributionListeners } from "./src/explain/attribute.ts";
export type { AttributionOptions } from "./src/explain/methods/attribution_options.ts";
export type { BaselinePrompt, OwnBaseline } from "./src/explain/own/own_baseline.ts";
export type { GivenObjective, OwnObjective, OwnPart } from "./src/explain/own/own_objective.ts";
export type { GivenDivision, OwnUnits } from "./src/explain/own/own_units.ts";
export type { OwnText } from "./src/explain/own/own_name.ts";
export { resolveOptions, validate } from "./src/explain/methods/resolve_options.ts";
export { addMethod, type MethodName, methodNames } from "./src/explain/methods/method_table.ts";
export type { AttributionText } from "./src/explain/options/attribution_text.ts";
export { PRESET_NAMES, type PresetName } from "./src/explain/options/preset.ts";
export { METRIC_NAMES, type MetricName } from "./src/explain/options/metric_options.ts";

export type { AttributionRecord } from "./src/explain/record/record.ts";
export { RECORD_FORMATS, type RecordFormat, type RenderOptions, renderRecord } from "./src/report/render_record.ts";
export type { TableOptions } from "./src/report/table/record_table.ts";

export { experiment, type ExperimentOptions, type ExperimentSummary } from "./src/experiment/experiment.ts";
export {
  type Forecast,
  type ForecastModel,
  type ForecastRange,
  openForecast,
} from "./src/experiment/foretell/forecast.ts";
