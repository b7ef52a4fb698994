import type { PromptToken } from "../../model/tokens/tokenizer.ts";
import { segmentsOf } from "../../units/join_tokens.ts";
import type { NamedSpan } from "../../units/unit.ts";

/** A document of a tokenized prompt. */
export interface PromptDocument extends NamedSpan {
  /** Positions of its tokens, ascending. */
  readonly tokens: readonly number[];
}

/**
 * Finds the tokens of documents. A token that holds a character of anything else, white space at its ends aside, is not
 * the context's.
 *
 * @param text the prompt's, with the documents' ranges in it
 * @throws {RangeError} if a document has no token of its own, or no other token is left
 */
export function promptDocuments(
  text: string,
  tokens: readonly PromptToken[],
  documents: readonly NamedSpan[],
): PromptDocument[] {
  const ends = documents.flatMap(({ start, end }) => [start, end]);
  // Between two of these places stands what is not a document.
  const outside = [0, ...ends, text.length].flatMap((start, i, all) =>
    i % 2 === 0 && all[i + 1] > start ? [{ start, end: all[i + 1] }] : []
  );
  const documentOf = tokens.map((token) => {
    if (token.special || token.template || segmentsOf(text, token, outside).length > 0) return -1;
    return segmentsOf(text, token, documents)[0] ?? -1;
  });
  if (documentOf.every((document) => document >= 0)) {
    throw new RangeError(
      "Cannot tell what rests on the context as a token of the prompt must be outside of it: got none",
    );
  }
  return documents.map(({ name, start, end }, d) => {
    const own = [...tokens.keys()].filter((i) => documentOf[i] === d);
    if (own.length > 0) return { name, start, end, tokens: own };
    throw new RangeError(
      `Cannot use ${name} as context as it must have a token of its own: got ${JSON.stringify(text.slice(start, end))}`,
    );
  });
}
