import type { LanguageModel } from "../model/model.ts";
import { createRandom, type Random } from "../statistics/random.ts";
import { isAveraged, sampledBaselines } from "./options/baseline_name.ts";
import { embeddingRow } from "./embedding_row.ts";
import type { PreparedText } from "./prepare_text.ts";
import type { AttributionOptions } from "./options/attribution_options.ts";

const TEXT = "text:";

/**
 * The baselines that one is the average of, [L, D] each: those that it lists, or `samples` that are drawn.
 *
 * @throws {RangeError} as `baselineRows` and `randomBaselines`, or where fewer than two are listed
 */
export async function averagedBaselines(
  model: LanguageModel,
  text: Pick<PreparedText, "promptIds" | "frozen" | "chat" | "history">,
  options: Pick<AttributionOptions, "baseline" | "samples" | "seed">,
  end: Float32Array,
): Promise<Float32Array[]> {
  const names = sampledBaselines(options.baseline);
  if (names === null) return await randomBaselines(model, text, options, end);
  return await Promise.all(names.map((name) => baselineRows(model, text, name, end)));
}

/** @throws {RangeError} where a method's paths must start at one place and the baseline is drawn */
export function requireOneBaseline(method: string, baseline: string): void {
  if (!isAveraged(baseline)) return;
  throw new RangeError(`Cannot attribute as the baseline of ${method} must be one that is not drawn: got ${baseline}`);
}

/**
 * `samples` random baselines, [L, D] each: tokens drawn uniformly from the vocabulary, or the prompt's own in random orders,
 * at the positions that are not frozen.
 *
 * @throws {RangeError} where samples are fewer than two, or the seed is not an integer of 32 bits
 */
export async function randomBaselines(
  model: LanguageModel,
  text: Pick<PreparedText, "promptIds" | "frozen">,
  { baseline, samples, seed }: Pick<AttributionOptions, "baseline" | "samples" | "seed">,
  end: Float32Array,
): Promise<Float32Array[]> {
  if (!(Number.isInteger(samples) && samples! >= 2)) {
    throw new RangeError(`Cannot average baselines as samples must be a whole number ≥ 2: got ${samples}`);
  }
  const random = createRandom(seed);
  const drawn: Float32Array[] = [];
  for (let k = 0; k < samples!; k++) drawn.push(await drawBaseline(model, text, baseline, end, random));
  return drawn;
}

/** The next random baseline, [L, D]. */
export async function drawBaseline(
  model: LanguageModel,
  { promptIds, frozen }: Pick<PreparedText, "promptIds" | "frozen">,
  baseline: string,
  end: Float32Array,
  random: Random,
): Promise<Float32Array> {
  const free = promptIds.filter((_, i) => !frozen[i]);
  const ids = baseline === "shuffle"
    ? [...random.permutation(free.length)].map((i) => free[i])
    : free.map(() => random.integer(model.config.vocabularySize));
  const rows = await model.embed(ids);
  const D = model.config.hiddenSize;
  const start = end.slice();
  let next = 0;
  frozen.forEach((isFrozen, i) => {
    if (!isFrozen) start.set(rows.subarray(next * D, ++next * D), i * D);
  });
  return start;
}

/**
 * Where the path to a prompt starts, [L, D]: the row that the baseline names at each attributed position, or the tokens of
 * another prompt (after the same history), one for each of the prompt's. Frozen positions keep their embedding.
 *
 * @param end the prompt's embeddings, [L, D]
 * @throws {RangeError} for an unknown baseline, a token that does not exist, or a prompt of another length
 */
export async function baselineRows(
  model: LanguageModel,
  text: Pick<PreparedText, "promptIds" | "frozen" | "chat" | "history">,
  baseline: string,
  end: Float32Array,
): Promise<Float32Array> {
  const D = model.config.hiddenSize;
  const start = baseline.startsWith(TEXT)
    ? await model.embed(await alignedIds(model, text, baseline.slice(TEXT.length)))
    : await embeddingRow(model, baseline, "baseline");
  return end.map((value, i) => text.frozen[Math.floor(i / D)] ? value : start[i % start.length]);
}

async function alignedIds(
  model: LanguageModel,
  { promptIds, chat, history }: Pick<PreparedText, "promptIds" | "chat" | "history">,
  text: string,
): Promise<number[]> {
  const ids = (await model.tokenizer()).encodePrompt(text, { chat, history }).tokens.map(({ id }) => id);
  if (ids.length !== promptIds.length) {
    throw new RangeError(
      `Cannot attribute as the baseline text must have as many tokens as the prompt, ${promptIds.length}: got ` +
        `${ids.length} of ${JSON.stringify(text)}`,
    );
  }
  return ids;
}
