import type { LanguageModel } from "../../model/model.ts";
import type { ChainOptions } from "../options/chain_options.ts";
import type { PreparedText } from "../prepare_text.ts";
import { chainEnds, type EndedSpans } from "./chain_ends.ts";
import { chainSpans } from "./chain_spans.ts";

/**
 * Finds the spans that the options ask for; null if chains are not to be followed.
 *
 * @throws {RangeError} if the target does not have them
 */
export async function chainSpansOf(
  model: LanguageModel,
  { targetText, targetTokens }: PreparedText,
  { through, answer = null, passes = "all" }: ChainOptions,
): Promise<EndedSpans | null> {
  if (through === undefined || through.kind === "none") return null;
  const { thinkMarkers } = await model.tokenizer();
  const target = { text: targetText, tokens: targetTokens };
  const spans = chainSpans(target, through, answer, thinkMarkers);
  return { ...spans, ends: chainEnds(target, spans.answer.tokens, thinkMarkers, passes) };
}
