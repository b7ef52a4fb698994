import type { AttributionRecord } from "./record/record.ts";
import type { LanguageModel } from "../model/model.ts";
import { advise } from "./advice.ts";
import type { Judged } from "./judged.ts";
import { buildRecord } from "./record/build_record.ts";
import { type Explain, measure } from "./measure.ts";
import { type OpenObjective, openObjective } from "./open_objective.ts";
import { type GivenOptions, presetGenerate } from "./options/preset.ts";
import { type AttributionOptions, type AttributionText, resolveOptions } from "./options/attribution_options.ts";
import { perturb } from "./methods/perturb.ts";
import { GRADIENT_METHODS } from "./methods/gradient_methods.ts";
import { isGradientMethod } from "./options/gradient_options.ts";
import { type PreparedText, prepareText } from "./prepare_text.ts";
import { startStopwatch } from "../time/stopwatch.ts";

/**
 * Says which prompt tokens made the model give the target its log-probability, or another objective its value.
 *
 * @param text the prompt and the target; without a target, what the model generates is explained
 * @param options the preset's for whatever is left out, or else the defaults
 * @returns the record, in the objective's unit
 * @throws {RangeError} for an empty prompt or target, a prompt with every token frozen, options out of range, scores that
 * are not finite, or sequences that do not fit the model or the memory
 */
export async function attribute(
  model: LanguageModel,
  text: AttributionText,
  options: GivenOptions = {},
): Promise<AttributionRecord> {
  const seconds = startStopwatch();
  const before = { ...model.meter };
  const resolved = resolveOptions(options);
  const generate = text.generate ?? presetGenerate(options.preset);
  const prepared = await prepareText(model, { ...text, generate }, resolved);
  const objective = await openObjective(model, prepared, resolved.objective, prepared.promptRows);
  if (prepared.targetUnits !== null && objective.targets !== prepared.targetIds.length) {
    throw new RangeError(
      `Cannot sum over target units as the objective must score each target token: got ${resolved.objective}, which gives ` +
        "one score",
    );
  }
  const explain: Explain = (given) => runMethod(model, objective, given, resolved);
  const judged = await explain(prepared);
  const gpuSeconds = model.meter.gpuSeconds === null || before.gpuSeconds === null
    ? null
    : model.meter.gpuSeconds - before.gpuSeconds;
  const pairs = objective.pairs && await describePairs(model, objective.pairs);
  const explained = { ...prepared, per: objective.per, pairs };
  const cost = {
    pathPoints: judged.pathPoints,
    forwardRows: model.meter.forwardRows - before.forwardRows,
    backwardRows: model.meter.backwardRows - before.backwardRows,
    seconds: seconds(),
    gpuSeconds,
    predictedBytes: model.meter.predictedBytes,
    peakBytes: model.meter.peakBytes,
  };
  const metrics = resolved.metrics &&
    await measure(model, { objective, text: prepared, judged, explain }, resolved.metrics);
  return buildRecord(model, explained, resolved, judged, advise(prepared, resolved, judged), cost, metrics);
}

async function runMethod(
  model: LanguageModel,
  objective: OpenObjective,
  text: PreparedText,
  options: AttributionOptions,
): Promise<Judged> {
  const { method } = options;
  return isGradientMethod(method)
    ? await GRADIENT_METHODS[method](objective, text, options, model)
    : await perturb(model, objective, text, options);
}

async function describePairs(model: LanguageModel, pairs: NonNullable<OpenObjective["pairs"]>) {
  const { describe } = await model.tokenizer();
  return pairs.map(([first, second]) => ({ first: describe([first])[0], second: describe([second])[0] }));
}
