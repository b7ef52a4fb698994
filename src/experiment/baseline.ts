import type { LanguageModel } from "../model/model.ts";
import { embeddingRow } from "./embedding_row.ts";
import type { PreparedText } from "./prepare_text.ts";

const TEXT = "text:";

/**
 * Where the path to a prompt starts, [L, D]: the row that the baseline names at each attributed position, or the tokens of
 * another prompt, one for each of the prompt's. Frozen positions keep their embedding.
 *
 * @param end the prompt's embeddings, [L, D]
 * @throws {RangeError} for an unknown baseline, a token that does not exist, or a prompt of another length
 */
export async function baselineRows(
  model: LanguageModel,
  text: Pick<PreparedText, "promptIds" | "frozen" | "chat">,
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
  { promptIds, chat }: Pick<PreparedText, "promptIds" | "chat">,
  text: string,
): Promise<number[]> {
  const ids = (await model.tokenizer()).encodePrompt(text, { chat }).tokens.map(({ id }) => id);
  if (ids.length !== promptIds.length) {
    throw new RangeError(
      `Cannot attribute as the baseline text must have as many tokens as the prompt, ${promptIds.length}: got ` +
        `${ids.length} of ${JSON.stringify(text)}`,
    );
  }
  return ids;
}
