import type { LanguageModel } from "../model/model.ts";
import { startStopwatch } from "../time/stopwatch.ts";
import { adviseThrough } from "./chains/advise_through.ts";
import { attributeGenerated } from "./chains/attribute_generated.ts";
import { chainSpansOf } from "./chains/chain_spans_of.ts";
import { advise } from "./advice.ts";
import { recordContext } from "./context/context_record.ts";
import { contextDependence } from "./context/dependence.ts";
import { type Explain, measure } from "./measure.ts";
import type { Subject } from "./methods/method.ts";
import { methodOf } from "./methods/method_table.ts";
import type { AttributionOptions, ResolvedOptions } from "./methods/attribution_options.ts";
import { resolveOptions } from "./methods/resolve_options.ts";
import { type OpenObjective, openObjective } from "./open_objective.ts";
import type { AttributionText } from "./options/attribution_text.ts";
import { checkText } from "./options/check_text.ts";
import { refuse } from "./options/mistake.ts";
import { valueText } from "./options/value_text.ts";
import { presetGenerate } from "./options/preset.ts";
import { requireHeld } from "./require_held.ts";
import { objectiveText } from "./own/own_objective.ts";
import { prepareText } from "./prepare_text.ts";
import { buildRecord } from "./record/build_record.ts";
import type { AttributionRecord } from "./record/record.ts";
import { recordThrough } from "./record/record_through.ts";

/** Listeners for the progress of an attribution. */
export type AttributionListeners = Pick<Subject, "onRound">;

/**
 * Says which prompt tokens made the model give the target its log-probability, or another objective its value.
 *
 * @param text the prompt and the target; without a target, what the model generates is explained
 * @param options the preset's where they are left out, or else the defaults
 * @param listeners for its progress
 * @returns the record, in the objective's unit
 * @throws {RangeError} if an option is unknown, out of range or without an effect, the prompt or the target is empty,
 * every token of the prompt is frozen, a score is not finite or beyond f64, or the sequences do not fit the model or
 * the memory
 * @throws {TypeError} if the text is none
 */
export async function attribute(
  model: LanguageModel,
  text: AttributionText,
  options: AttributionOptions = {},
  listeners: AttributionListeners = {},
): Promise<AttributionRecord> {
  if (typeof text !== "object" || text === null) {
    throw new TypeError(`Cannot attribute as the text must be an object with a prompt: got ${valueText(text)}`);
  }
  const resolved = resolveOptions(options);
  const generate = text.generate ?? (text.target === undefined ? presetGenerate(options.preset) : undefined);
  return await attributeResolved(model, { ...text, generate }, resolved, listeners);
}

/**
 * Attributes with options that have been checked and resolved.
 *
 * @throws {RangeError} if `attribute` would
 */
export async function attributeResolved(
  model: LanguageModel,
  text: AttributionText,
  given: ResolvedOptions,
  { onRound }: AttributionListeners = {},
): Promise<AttributionRecord> {
  refuse(checkText(text, objectiveText(given.objective)));
  const options = text.context === undefined ? given : withMatrix(given);
  const seconds = startStopwatch();
  const before = { ...model.meter };
  const divided = await prepareText(model, text, options);
  const dependence = divided.context && await contextDependence(model, divided, text);
  const prepared = { ...divided, watched: dependence && dependence.dependent };
  const objective = await openObjective(model, prepared, options.objective, prepared.promptRows);
  if (prepared.targetUnits !== null && objective.targets !== prepared.targetIds.length) {
    throw new RangeError(
      "Cannot sum over target units as the objective must score each target token: got " +
        `${objectiveText(options.objective)}, which gives one score`,
    );
  }
  const method = methodOf(options.method);
  const spans = method.yields === "additive" ? await chainSpansOf(model, prepared, options) : null;
  const explain: Explain = (given, listeners) =>
    spans === null
      ? method.run({ model, objective, text: given, ...listeners }, options)
      : attributeGenerated(method, { model, text: given, ...listeners }, options);
  const judged = await explain(prepared, { onRound });
  requireHeld(judged.input, options.objective);
  const through = spans && recordThrough(judged, spans, options.shares!);
  const gpuSeconds = model.meter.gpuSeconds === null || before.gpuSeconds === null
    ? null
    : model.meter.gpuSeconds - before.gpuSeconds;
  const pairs = objective.pairs && await describePairs(model, objective.pairs);
  const rows = model.meter.forwardRows - before.forwardRows + model.meter.backwardRows - before.backwardRows;
  const { describe } = await model.tokenizer();
  const perSequence = objective.per === "sequence";
  const context = dependence && recordContext(judged, prepared, dependence, { perSequence, describe, rows });
  const explained = { ...prepared, per: objective.per, pairs, through, found: context };
  const cost = {
    pathPoints: judged.pathPoints,
    forwardRows: model.meter.forwardRows - before.forwardRows,
    backwardRows: model.meter.backwardRows - before.backwardRows,
    seconds: seconds(),
    gpuSeconds,
    predictedBytes: model.meter.predictedBytes,
    peakBytes: model.meter.peakBytes,
  };
  const metrics = options.metrics &&
    await measure(model, { objective, text: prepared, judged, explain }, options.metrics);
  const advice = [
    ...advise(prepared, options, judged),
    ...(through === null ? [] : adviseThrough(through, options.passes)),
  ];
  return buildRecord(model, explained, options, judged, advice, cost, metrics);
}

/** The parts of each dependent target token are rows of the matrix, which goes without a map of the inside alone. */
function withMatrix(options: ResolvedOptions): ResolvedOptions {
  return "tokens" in options && typeof options.inside !== "string" ? { ...options, tokens: true } : options;
}

async function describePairs(model: LanguageModel, pairs: NonNullable<OpenObjective["pairs"]>) {
  const { describe } = await model.tokenizer();
  return pairs.map(([first, second]) => ({ first: describe([first])[0], second: describe([second])[0] }));
}
