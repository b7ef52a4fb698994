/** A token with its place in a text, in UTF-16 code units; −1 or none where it has no place. */
interface PlacedToken {
  readonly text: string;
  readonly start?: number;
  readonly end?: number;
}

/**
 * Returns texts to draw tokens by: those that share a character with a neighbour have that character and their place
 * among the tokens that share it, as a part of its bytes could not be read: `東 1/2`, `東 2/2`.
 *
 * @param text the tokens' own
 * @returns null if none share a character
 */
export function drawnTexts(text: string, tokens: readonly PlacedToken[]): string[] | null {
  if (!tokens.some((token, i) => i > 0 && shareCharacter(tokens[i - 1], token))) return null;
  const texts = tokens.map((token) => token.text);
  for (let first = 0; first < tokens.length;) {
    let behind = first + 1;
    while (behind < tokens.length && shareCharacter(tokens[behind - 1], tokens[behind])) behind++;
    const count = behind - first;
    for (let i = first; count > 1 && i < behind; i++) {
      const { start, end } = tokens[i];
      texts[i] = `${text.slice(start, end)} ${i - first + 1}/${count}`;
    }
    first = behind;
  }
  return texts;
}

function shareCharacter(before: PlacedToken, after: PlacedToken): boolean {
  const [end, start] = [before.end ?? -1, after.start ?? -1];
  return end > 0 && start >= 0 && start < end;
}
