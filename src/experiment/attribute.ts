import { ablateFeatures, type Replacement } from "../ablation/feature_ablation.ts";
import { integrateAdaptively } from "../attribution/adaptive.ts";
import { integrateFixed } from "../attribution/integrated_gradients.ts";
import type { PathIntegral } from "../attribution/path_function.ts";
import type { AttributionRecord } from "../attribution/record.ts";
import { sumTargets } from "../metrics/completeness.ts";
import type { LanguageModel } from "../model/model.ts";
import { advise } from "./advice.ts";
import { buildRecord, type Judged } from "./build_record.ts";
import { type AttributionOptions, type AttributionText, DEFAULT_OPTIONS } from "./request.ts";
import { type PreparedText, prepareText } from "./prepare_text.ts";

/**
 * Says which prompt tokens made the model give the target its log-probability.
 *
 * @param text the prompt and the target; without a target, what the model generates is explained
 * @param options the defaults for whatever is left out
 * @returns the record, in nats
 * @throws {RangeError} for an empty prompt or target, a prompt with every token frozen, options out of range, scores that
 * are not finite, or sequences that do not fit the model or the memory
 */
export async function attribute(
  model: LanguageModel,
  text: AttributionText,
  options: Partial<AttributionOptions> = {},
): Promise<AttributionRecord> {
  const began = performance.now();
  const before = { ...model.meter };
  const resolved: AttributionOptions = { ...DEFAULT_OPTIONS, ...options };
  const prepared = await prepareText(model, text, resolved.freeze);
  const judged = resolved.method === "integrated-gradients"
    ? await integratedGradients(model, prepared, resolved)
    : await featureAblation(model, prepared, resolved);
  const gpuSeconds = model.meter.gpuSeconds === null || before.gpuSeconds === null
    ? null
    : model.meter.gpuSeconds - before.gpuSeconds;
  return buildRecord(model, prepared, resolved, judged, advise(prepared, resolved, judged), {
    pathPoints: judged.pathPoints,
    forwardRows: model.meter.forwardRows - before.forwardRows,
    backwardRows: model.meter.backwardRows - before.backwardRows,
    seconds: (performance.now() - began) / 1000,
    gpuSeconds,
    predictedBytes: model.meter.predictedBytes,
    peakBytes: model.meter.peakBytes,
  });
}

async function integratedGradients(
  model: LanguageModel,
  { promptIds, frozen, targetIds }: PreparedText,
  options: AttributionOptions,
): Promise<Judged> {
  if (options.quadrature === "adaptive" && !options.perTarget) {
    throw new RangeError("Cannot integrate adaptively as perTarget must be true: got false");
  }
  const end = await model.embed(promptIds);
  const row = await replacementRow(model, options.baseline, "baseline");
  const start = end.map((value, i) => frozen[Math.floor(i / row.length)] ? value : row[i % row.length]);
  const path = await model.path({ start, end, targets: targetIds });
  const gradient = options.tokens ? "token" : "sequence";
  const result: PathIntegral = options.quadrature === "adaptive"
    ? await integrateAdaptively(path, { tolerance: options.tolerance, budget: options.budget, gradient })
    : await integrateFixed(path, options.quadrature, options.steps, gradient, { perTarget: options.perTarget });
  const L = promptIds.length;
  return {
    ...result,
    tokenAttribution: options.tokens ? result.attribution : null,
    sequenceAttribution: options.tokens ? sumTargets(result.attribution, L) : result.attribution,
  };
}

async function featureAblation(
  model: LanguageModel,
  { promptIds, frozen, targetIds }: PreparedText,
  options: AttributionOptions,
): Promise<Judged> {
  const replacement: Replacement = options.scheme === "delete"
    ? { kind: "delete" }
    : { kind: "row", row: await replacementRow(model, options.scheme, "scheme") };
  const L = promptIds.length;
  const { attribution, input, baseline } = await ablateFeatures({
    prompt: await model.embed(promptIds),
    hiddenSize: model.config.hiddenSize,
    positions: frozen.flatMap((isFrozen, i) => isFrozen ? [] : [i]),
    score: (prompts, original) => model.score(prompts, targetIds, original),
  }, replacement);
  const total = new Float64Array(targetIds.length);
  attribution.forEach((value, i) => total[Math.floor(i / L)] += value);
  return {
    input,
    baseline,
    total,
    tokenAttribution: attribution,
    sequenceAttribution: sumTargets(attribution, L),
    pathPoints: 0,
    arithmeticFloor: null,
    certified: null,
  };
}

/** The embedding row that a baseline or an ablation scheme names, [D]. */
async function replacementRow(model: LanguageModel, name: string, option: string): Promise<Float32Array> {
  if (name === "zero") return new Float32Array(model.config.hiddenSize);
  if (name === "mean") return await model.meanEmbedding();
  if (name.startsWith("token:")) {
    const tokenizer = await model.tokenizer();
    return await model.embed([tokenizer.tokenId(name.slice("token:".length))]);
  }
  throw new RangeError(`Cannot attribute as ${option} must be zero, mean or token:<id or text>: got ${name}`);
}
