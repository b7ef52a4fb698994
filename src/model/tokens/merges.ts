import { shownValue } from "../../files/shown_value.ts";

/** Bytes of UTF-8 that a unit of UTF-16 takes at most. */
const MOST_BYTES = 3;

/**
 * Checks the merges of a vocabulary of pairs of bytes: where two pieces together are longer than every token, the
 * library ends the whole process in place of an error.
 *
 * @param model of a `tokenizer.json`; of another kind it has no merges
 * @throws {SyntaxError} if it has such a merge
 */
export function checkMerges(model: unknown): void {
  const { vocab, merges } = Object(model) as { vocab?: unknown; merges?: unknown };
  if (!Array.isArray(merges)) return;
  const longest = Object.keys(Object(vocab)).reduce((most, token) => Math.max(most, bytesOf(token, most)), 0);
  for (const merge of merges) {
    const pieces: unknown[] = Array.isArray(merge) ? merge : [merge];
    // The library says what is wrong with others.
    if (!pieces.every((piece) => typeof piece === "string")) continue;
    const joined = Array.isArray(merge) ? pieces.join("") : pieces[0].replace(" ", "");
    if (bytesOf(joined, longest) <= longest) continue;
    throw new SyntaxError(
      `Cannot load tokenizer.json as its merges must make tokens of its vocabulary: got ${shownValue(merge)}`,
    );
  }
}

/** Counts the bytes of a text, or returns a bound of them that is not above `enough`. */
function bytesOf(text: string, enough: number): number {
  const most = text.length * MOST_BYTES;
  return most <= enough ? most : new TextEncoder().encode(text).length;
}
