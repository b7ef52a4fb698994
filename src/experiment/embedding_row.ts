import type { LanguageModel } from "../model/model.ts";

/**
 * The embedding row that a baseline or a scheme names, [D].
 *
 * @throws {RangeError} for an unknown name or token
 */
export async function embeddingRow(model: LanguageModel, name: string, option: string): Promise<Float32Array> {
  if (name === "zero") return new Float32Array(model.config.hiddenSize);
  if (name === "mean") return await model.meanEmbedding();
  if (name.startsWith("token:")) {
    const tokenizer = await model.tokenizer();
    return await model.embed([tokenizer.tokenId(name.slice("token:".length))]);
  }
  const deleting = option === "scheme" ? "delete, " : "";
  throw new RangeError(
    `Cannot attribute as ${option} must be ${deleting}zero, mean or token:<id or text>: got ${name}`,
  );
}
