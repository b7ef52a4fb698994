import type { Division } from "./division.ts";
import { joinTokens, textOf } from "./join_tokens.ts";
import { namedUnits } from "./named_units.ts";
import { matchTemplate } from "./slots.ts";
import { segmentText } from "./text_segments.ts";
import type { NamedSpan, Unit, UnitToken } from "./unit.ts";

/**
 * Divides a tokenized text, prompt or target, into units of whole tokens.
 *
 * @param text its ranges are in UTF-16 code units
 * @param tokens [L], in order, with offsets into `text`; −1 if a token holds none of it
 * @param turns messages of the chat that the text is
 * @returns units in order of their first token; each token is in exactly one
 * @throws {RangeError} if spans, a template or turns do not fit the text
 * @throws {SyntaxError} if a template is malformed
 */
export function divide(
  text: string,
  tokens: readonly UnitToken[],
  division: Division,
  turns: readonly NamedSpan[] = [],
): Unit[] {
  switch (division.kind) {
    case "tokens":
      return joinTokens({ text, tokens, segments: null });
    case "pieces":
      return tokens.map((token, i) => ({ text: textOf(text, [token]), name: null, tokens: [i], frozen: token.frozen }));
    case "spans":
      return namedUnits(text, tokens, division.spans);
    case "template":
      return namedUnits(text, tokens, matchTemplate(division.template, text));
    case "turns":
      if (turns.length > 0) return namedUnits(text, tokens, turns);
      throw new RangeError("Cannot divide the text by turns as it must be a chat that holds a message: got none");
    default:
      return joinTokens({ text, tokens, segments: segmentText(text, division.kind, division.locale) });
  }
}
