import type { LanguageModel } from "../model/model.ts";
import { BASELINE_FORMS } from "./options/baseline_name.ts";
import { SCHEME_WORDS } from "./options/attribution_options.ts";

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
  if (name === "eos" || name === "pad") {
    const { eosTokenIds: [eos], padTokenId } = await model.tokenizer();
    const id = name === "eos" ? eos ?? null : padTokenId;
    if (id !== null) return await model.embed([id]);
    throw new RangeError(`Cannot attribute as ${option} ${name} must be a token of the tokenizer: it has none`);
  }
  const forms = option === "scheme" ? `${SCHEME_WORDS.join(", ")} or token:<id or text>` : BASELINE_FORMS;
  throw new RangeError(`Cannot attribute as ${option} must be ${forms}: got ${name}`);
}
