import { integrateAdaptively } from "../attribution/adaptive.ts";
import { integrateFixed } from "../attribution/integrated_gradients.ts";
import type { PathIntegral } from "../attribution/path_function.ts";
import type { AttributionRecord } from "../attribution/record.ts";
import { sumTargets } from "../metrics/completeness.ts";
import type { LanguageModel } from "../model/model.ts";
import { aggregate } from "../units/aggregate.ts";
import { advise } from "./advice.ts";
import { buildRecord, type Judged } from "./build_record.ts";
import { type AttributionOptions, type AttributionText, resolveOptions } from "./request.ts";
import { baselineRows } from "./baseline.ts";
import { perturb } from "./perturb.ts";
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
  const resolved = resolveOptions(options);
  const prepared = await prepareText(model, text, resolved);
  const judged = resolved.method === "integrated-gradients"
    ? await integratedGradients(model, prepared, resolved)
    : await perturb(model, prepared, resolved);
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
  text: PreparedText,
  options: AttributionOptions,
): Promise<Judged> {
  const { promptIds, targetIds, units } = text;
  if (options.quadrature === "adaptive" && !options.perTarget) {
    throw new RangeError("Cannot integrate adaptively as perTarget must be true: got false");
  }
  const end = await model.embed(promptIds);
  const start = await baselineRows(model, text, options.baseline, end);
  const path = await model.path({ start, end, targets: targetIds });
  const gradient = options.tokens ? "token" : "sequence";
  const result: PathIntegral = options.quadrature === "adaptive"
    ? await integrateAdaptively(path, {
      tolerance: options.tolerance,
      budget: options.budget!,
      gradient,
    })
    : await integrateFixed(path, options.quadrature, options.steps, gradient, { perTarget: options.perTarget });
  const L = promptIds.length;
  const byUnits = (values: Float64Array) => aggregate(values, null, units, { targets: values.length / L, tokens: L });
  const sequenceAttribution = options.tokens ? sumTargets(result.attribution, L) : result.attribution;
  return {
    ...result,
    comparable: true,
    tokenAttribution: options.tokens ? result.attribution : null,
    sequenceAttribution,
    standardError: null,
    unitLevel: options.units === "tokens" ? null : {
      attribution: options.tokens ? byUnits(result.attribution) : null,
      sequence: byUnits(sequenceAttribution),
      standardError: null,
      entryError: result.certified && !options.tokens ? byUnits(result.certified.entryError) : null,
    },
    sampling: null,
    surrogate: null,
  };
}
