import type { AttributionRecord } from "../attribution/record.ts";
import type { LanguageModel } from "../model/model.ts";
import { advise } from "./advice.ts";
import { buildRecord } from "./build_record.ts";
import { type AttributionOptions, type AttributionText, resolveOptions } from "./request.ts";
import { perturb } from "./perturb.ts";
import { integratedGradients } from "./integrate.ts";
import { prepareText } from "./prepare_text.ts";

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
