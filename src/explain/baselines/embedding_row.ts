import type { LanguageModel } from "../../model/model.ts";
import type { EmbeddingName } from "../options/embedding_name.ts";

/**
 * Returns the embedding row that a baseline or a scheme names, [D].
 *
 * @throws {RangeError} if the token does not exist
 */
export async function embeddingRow(
  model: LanguageModel,
  name: EmbeddingName,
  option: "baseline" | "scheme",
): Promise<Float32Array> {
  switch (name.kind) {
    case "zero":
      return new Float32Array(model.config.hiddenSize);
    case "mean":
      return await model.meanEmbedding();
    case "token":
      return await model.embed([await (await model.tokenizer()).tokenId(name.token)]);
    case "eos":
    case "pad": {
      const { eosTokenIds: [eos], padTokenId } = await model.tokenizer();
      const id = name.kind === "eos" ? eos ?? null : padTokenId;
      if (id !== null) return await model.embed([id]);
      throw new RangeError(`Cannot attribute as ${option} ${name.kind} must be a token of the tokenizer: it has none`);
    }
  }
}
