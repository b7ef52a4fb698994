import { attribute as attributeBare, type AttributionListeners } from "../explain/attribute.ts";
import type { AttributionOptions } from "../explain/methods/attribution_options.ts";
import type { AttributionText } from "../explain/options/attribution_text.ts";
import type { AttributionRecord } from "../explain/record/record.ts";
import type { LanguageModel } from "../model/model.ts";
import { interruptibleModel } from "./interruptible_model.ts";
import { showRecord } from "./record_display.ts";

/** Listeners for an attribution, and what ends it early. */
export interface AttributionControl extends AttributionListeners {
  /** Ends the work between two runs of the model. */
  readonly signal?: AbortSignal;
  /** Is told the record before the caller has it. */
  readonly onEnd?: (record: AttributionRecord) => void;
}

/**
 * Says which prompt tokens made the model give the target its log-probability, or another objective its value.
 *
 * @param text the prompt and the target; without a target, what the model generates is explained
 * @param options the preset's where they are left out, or else the defaults
 * @param control listeners for its progress, and a signal
 * @returns the record, in the objective's unit; a notebook shows it as a picture
 * @throws {RangeError} if an option is unknown, out of range or without an effect, the prompt or the target is empty,
 * every token of the prompt is frozen, a score is not finite or beyond f64, or the sequences do not fit the model or
 * the memory
 */
export async function attribute(
  model: LanguageModel,
  text: AttributionText,
  options: AttributionOptions = {},
  { signal, onEnd, ...listeners }: AttributionControl = {},
): Promise<AttributionRecord> {
  const record = showRecord(await attributeBare(interruptibleModel(model, signal), text, options, listeners));
  onEnd?.(record);
  return record;
}
