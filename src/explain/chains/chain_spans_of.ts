import type { LanguageModel } from "../../model/model.ts";
import type { ChainOptions } from "../options/chain_options.ts";
import type { PreparedText } from "../prepare_text.ts";
import { type ChainSpans, chainSpans } from "./chain_spans.ts";

/**
 * Finds the spans that the options ask for; null if chains are not to be followed.
 *
 * @throws {RangeError} if the target does not have them
 */
export async function chainSpansOf(
  model: LanguageModel,
  { targetText, targetTokens }: PreparedText,
  { through, answer = null }: ChainOptions,
): Promise<ChainSpans | null> {
  if (through === undefined || through.kind === "none") return null;
  const { thinkMarkers } = await model.tokenizer();
  return chainSpans({ text: targetText, tokens: targetTokens }, through, answer, thinkMarkers);
}
