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
  if (
    isPlain(text) && tokens.every(({ start = -1 }, i) => i === 0 || start < 0 || start >= (tokens[i - 1].end ?? -1))
  ) {
    return tokens.map(({ text: own, frozen = false, start = -1, end = -1 }, i) => ({
      text: end > 0 ? text.slice(start, end) : own,
      ...{ name: null, tokens: [i], frozen },
    }));
  }
  const placed = tokens.map(({ text, frozen = false, start = -1, end = -1 }) => ({ text, frozen, start, end }));
  return joinTokens({ text, tokens: placed, segments: null });
}

/** True if every character of a text is one of UTF-16, as that of most texts is: no search for characters is needed. */
function isPlain(text: string): boolean {
  // deno-lint-ignore no-control-regex
  return /^(?:(?!\r\n)[\x00-\x7f])*$/.test(text);
}
