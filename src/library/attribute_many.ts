import type { AttributionOptions } from "../explain/methods/attribution_options.ts";
import { resolveOptions } from "../explain/methods/resolve_options.ts";
import type { AttributionText } from "../explain/options/attribution_text.ts";
import type { AttributionRecord } from "../explain/record/record.ts";
import { GpuError } from "../gpu/gpu_error.ts";
import type { LanguageModel } from "../model/model.ts";
import { attribute, type AttributionControl } from "./attribute.ts";

/** One text of many, explained or with the reason why it could not be. */
export type AttributedText<T extends AttributionText = AttributionText> =
  | {
    /** Place among the texts, from 0. */
    readonly index: number;
    /** The text as it was given. */
    readonly text: T;
    readonly record: AttributionRecord;
    readonly error?: undefined;
  }
  | { readonly index: number; readonly text: T; readonly record?: undefined; readonly error: Error };

/** Progress through many texts. */
export interface ManyProgress {
  /** Texts that are done, failed ones included. */
  readonly done: number;
  /** Texts that were yielded with an error. */
  readonly failed: number;
  /** Null if the texts come from a source of unknown length. */
  readonly total: number | null;
}

/** Listeners for many attributions, and what ends them early. */
export interface ManyControl extends AttributionControl {
  /** Is told before the first text and after each. */
  readonly onProgress?: (progress: ManyProgress) => void;
}

/**
 * Explains texts one after another, in their order. A text is asked for when the one before it has been taken, and none
 * is kept: memory does not grow with their number. Texts of one length share what was compiled for them. A text that
 * fails is yielded with its error and the others go on; only a lost device, the signal, or the source of the texts ends
 * the loop. To leave the loop by `break` ends the source, too.
 *
 * @param texts a list, or any iterable or asynchronous iterable
 * @param options of every text
 * @throws {RangeError} if an option is unknown, out of range or without an effect: at once, before any text
 * @throws {GpuError} if the device is lost
 */
export function attributeMany<T extends AttributionText>(
  model: LanguageModel,
  texts: Iterable<T> | AsyncIterable<T>,
  options: AttributionOptions = {},
  control: ManyControl = {},
): AsyncGenerator<AttributedText<T>, void, void> {
  resolveOptions(options);
  return attributeEach(model, texts, options, control);
}

async function* attributeEach<T extends AttributionText>(
  model: LanguageModel,
  texts: Iterable<T> | AsyncIterable<T>,
  options: AttributionOptions,
  { onProgress, ...control }: ManyControl,
): AsyncGenerator<AttributedText<T>, void, void> {
  const { signal } = control;
  const total = Array.isArray(texts) ? texts.length : null;
  let [done, failed] = [0, 0];
  signal?.throwIfAborted();
  onProgress?.({ done, failed, total });
  for await (const text of texts) {
    signal?.throwIfAborted();
    const index = done;
    let attributed: AttributedText<T>;
    try {
      attributed = { index, text, record: await attribute(model, text, options, control) };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof GpuError) throw error;
      attributed = { index, text, error: error instanceof Error ? error : new Error(String(error)) };
      failed++;
    }
    done++;
    onProgress?.({ done, failed, total });
    yield attributed;
  }
}
