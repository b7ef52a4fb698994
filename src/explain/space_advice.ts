import type { Judged } from "./judged.ts";
import type { ResolvedOptions } from "./methods/attribution_options.ts";
import type { PreparedText } from "./prepare_text.ts";

/** Log-probability of a first token below which a target is likely to lack its space, nats. */
const UNLIKELY = -5;
const ENDS_A_WORD = /[\p{L}\p{N}\p{M}.,;:!?)\]”’"']$/u;
const BEGINS_A_WORD = /^[\p{L}\p{N}]/u;
/** Writing without spaces between words. */
const UNSPACED =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}|\p{Script=Lao}|\p{Script=Khmer}/u;

/**
 * Advises where a target begins a word without its space, and is unlikely for that alone, and where the target or its
 * alternative has a space that the other lacks.
 */
export function spaceAdvice(
  text: Pick<PreparedText, "promptText" | "targetText" | "targetTokens" | "alternative" | "generation" | "chat">,
  options: Pick<ResolvedOptions, "objective">,
  result: Pick<Judged, "input">,
): string[] {
  return [...targetAdvice(text, options, result), ...alternativeAdvice(text)];
}

function alternativeAdvice({ targetText, alternative }: Pick<PreparedText, "targetText" | "alternative">): string[] {
  if (alternative === null) return [];
  const [target, other] = [targetText, alternative.text];
  if (target.startsWith(" ") && BEGINS_A_WORD.test(other)) {
    return ["The target begins with a space, its alternative without: if a word begins there, begin both with it."];
  }
  return other.startsWith(" ") && BEGINS_A_WORD.test(target)
    ? ["The alternative begins with a space, its target without: begin both alike."]
    : [];
}

function targetAdvice(
  text: Pick<PreparedText, "promptText" | "targetText" | "targetTokens" | "generation" | "chat">,
  { objective }: Pick<ResolvedOptions, "objective">,
  { input }: Pick<Judged, "input">,
): string[] {
  const { promptText, targetText, targetTokens } = text;
  if (text.generation !== null || text.chat || !BEGINS_A_WORD.test(targetText)) return [];
  const logProb = objective === "prob" ? Math.log(input[0]) : objective === "log-prob" ? input[0] : 0;
  if (logProb >= UNLIKELY) return [];
  const unlikely = `its first token ${JSON.stringify(targetTokens[0].text)} is unlikely (${
    logProb.toFixed(1).replace("-", "−")
  } nats)`;
  if (/ $/.test(promptText)) {
    return [
      `The prompt ends with a space, the target begins without, and ${unlikely}: end the prompt without its space, and begin the target with it.`,
    ];
  }
  const [last, first] = [Array.from(promptText).at(-1) ?? "", Array.from(targetText)[0]];
  if (!ENDS_A_WORD.test(last) || UNSPACED.test(last) || UNSPACED.test(first)) return [];
  return [
    `The target begins without a space, and ${unlikely}: if a word begins there, give the target its leading space.`,
  ];
}
