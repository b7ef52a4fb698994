import { joinTokens } from "../../units/join_tokens.ts";
import type { RecordToken } from "./record_token.ts";
import type { RecordUnits } from "./record_units.ts";

/**
 * Joins tokens that hold parts of one character, which can be drawn only together: the pieces of a text that readers
 * see, each token in one. Tokens of records without offsets stand by themselves.
 */
export function wholeCharacters(
  text: string,
  tokens: readonly (RecordToken & { readonly frozen?: boolean })[],
): RecordUnits["prompt"] {
  const placed = tokens.map(({ text, frozen = false, start = -1, end = -1 }) => ({ text, frozen, start, end }));
  return joinTokens({ text, tokens: placed, segments: null });
}
