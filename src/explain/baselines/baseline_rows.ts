import type { LanguageModel } from "../../model/model.ts";
import { createRandom, type RandomStream } from "../../statistics/random.ts";
import type { AveragedBaseline, DrawnBaseline, SingleBaseline } from "../options/baseline.ts";
import { ownRows } from "../own/own_baseline.ts";
import type { PreparedText } from "../prepare_text.ts";
import { embeddingRow } from "./embedding_row.ts";

/** Options of random baselines. */
interface BaselineDraws {
  readonly samples: number;
  /** Integer of 32 bits. */
  readonly seed: number;
}

/**
 * Returns the baselines that one is the average of, [L, D] each: those that it lists, or `samples` that are drawn.
 *
 * @throws {RangeError} if `baselineRows` would
 */
export async function averagedBaselines(
  model: LanguageModel,
  text: Pick<PreparedText, "promptIds" | "frozen" | "chat" | "history">,
  { baseline, samples, seed }: BaselineDraws & { readonly baseline: AveragedBaseline },
  end: Float32Array,
): Promise<Float32Array[]> {
  if (baseline.kind === "samples") return await listedBaselines(model, text, baseline.samples, end);
  const random = createRandom(seed);
  const drawn: Float32Array[] = [];
  for (let k = 0; k < samples; k++) drawn.push(await drawBaseline(model, text, baseline, end, random));
  return drawn;
}

/**
 * Returns the rows of each baseline, [L, D] each.
 *
 * @throws {RangeError} if `baselineRows` would
 */
export async function listedBaselines(
  model: LanguageModel,
  text: Pick<PreparedText, "promptIds" | "frozen" | "chat" | "history">,
  baselines: readonly SingleBaseline[],
  end: Float32Array,
): Promise<Float32Array[]> {
  return await Promise.all(baselines.map((baseline) => baselineRows(model, text, baseline, end)));
}

/**
 * Draws the next random baseline, [L, D]: tokens drawn uniformly from the vocabulary, or the prompt's own in random
 * orders, at the positions that are not frozen.
 */
export async function drawBaseline(
  model: LanguageModel,
  { promptIds, frozen }: Pick<PreparedText, "promptIds" | "frozen">,
  { kind }: DrawnBaseline,
  end: Float32Array,
  random: RandomStream,
): Promise<Float32Array> {
  const free = promptIds.filter((_, i) => !frozen[i]);
  const ids = kind === "shuffle"
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
 * Returns where the path to a prompt starts, [L, D]: the row that the baseline names at each attributed position, or
 * the tokens of another prompt (after the same history), one for each of the prompt's. Frozen positions keep their
 * embedding.
 *
 * @param end the prompt's embeddings, [L, D]
 * @throws {RangeError} if a token does not exist, or the other prompt is of another length
 * @throws {TypeError} if the caller's own baseline gives no rows
 */
export async function baselineRows(
  model: LanguageModel,
  text: Pick<PreparedText, "promptIds" | "frozen" | "chat" | "history">,
  baseline: SingleBaseline,
  end: Float32Array,
): Promise<Float32Array> {
  const D = model.config.hiddenSize;
  const start = await startRows(model, text, baseline, end);
  return end.map((value, i) => text.frozen[Math.floor(i / D)] ? value : start[i % start.length]);
}

/** Returns one row [D], or [L, D]. */
async function startRows(
  model: LanguageModel,
  text: Pick<PreparedText, "promptIds" | "frozen" | "chat" | "history">,
  baseline: SingleBaseline,
  end: Float32Array,
): Promise<Float32Array> {
  switch (baseline.kind) {
    case "text":
      return await model.embed(await alignedIds(model, text, baseline.text));
    case "own":
      return await ownRows(baseline, model, { ids: text.promptIds, frozen: text.frozen, embeddings: end });
    default:
      return await embeddingRow(model, baseline, "baseline");
  }
}

async function alignedIds(
  model: LanguageModel,
  { promptIds, chat, history }: Pick<PreparedText, "promptIds" | "chat" | "history">,
  text: string,
): Promise<number[]> {
  const { tokens } = await (await model.tokenizer()).encodePrompt(text, { chat, history });
  const ids = tokens.map(({ id }) => id);
  if (ids.length !== promptIds.length) {
    throw new RangeError(
      `Cannot attribute as the baseline text must have as many tokens as the prompt, ${promptIds.length}: got ` +
        `${ids.length} of ${JSON.stringify(text)}`,
    );
  }
  return ids;
}
