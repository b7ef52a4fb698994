import type { LanguageModel } from "../model/model.ts";

/**
 * The embedding row that a baseline or a scheme names, [D].
 *
 * @throws {RangeError} for an unknown name or token
 */
export async function embeddingRow(
  model: LanguageModel,
  name: string,
  option: "baseline" | "scheme",
): Promise<Float32Array> {
  if (name === "zero") return new Float32Array(model.config.hiddenSize);
  if (name === "mean") return await model.meanEmbedding();
  if (name.startsWith("token:")) {
    const tokenizer = await model.tokenizer();
    return await model.embed([tokenizer.tokenId(name.slice("token:".length))]);
  }
  if (name === "eos") {
    const [id] = (await model.tokenizer()).eosTokenIds;
    if (id !== undefined) return await model.embed([id]);
    throw new RangeError(`Cannot attribute as ${option} eos must be a token of the tokenizer: it has none`);
  }
  const words = option === "scheme"
    ? "delete, zero, mean, eos or"
    : "zero, mean, eos, random, shuffle, text:<prompt> or";
  throw new RangeError(`Cannot attribute as ${option} must be ${words} token:<id or text>: got ${name}`);
}
