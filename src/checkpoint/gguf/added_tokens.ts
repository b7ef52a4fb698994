/** Kinds of token: `unknown` stands for text that the vocabulary lacks. */
export const TOKEN_TYPES = { unknown: 2, control: 3, userDefined: 4 } as const;

/**
 * Lists the tokens that a tokenizer adds to its vocabulary, as `tokenizer.json` has them: special ones and user-defined
 * ones.
 *
 * @param types kind of each token
 * @param special kinds that are special
 */
export function addedTokens(
  tokens: readonly string[],
  types: readonly number[],
  special: readonly number[],
): Record<string, unknown>[] {
  return tokens.flatMap((content, id) => {
    const isSpecial = special.includes(types[id]);
    if (!isSpecial && types[id] !== TOKEN_TYPES.userDefined) return [];
    return [{ id, content, special: isSpecial, normalized: false, single_word: false, lstrip: false, rstrip: false }];
  });
}
