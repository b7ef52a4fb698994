/** Marks a token that continues the word of the token before it. */
const CONTINUES = "‿";
/** Stands for a space that would not be seen. */
const SPACE = "␣";

const CASED = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]/u;
const JOINERS = new Set(["\u200d", "\ufe0e", "\ufe0f"]);

/**
 * Labels for tokens: the one space before a word is left out, a token that continues a word starts with ‿, and
 * whatever would be invisible or break a line is written visibly. Two tokens may get the same label.
 */
export function visibleTokens(texts: readonly string[]): string[] {
  return texts.map((text, i) => {
    const glued = i > 0 && CASED.test(firstOf(text)) && CASED.test(lastOf(texts[i - 1]));
    return (glued ? CONTINUES : "") + visibleText(text);
  });
}

/** One token's text with its leading space left out and everything invisible made visible. */
export function visibleText(text: string): string {
  if (text === "") return "∅";
  if (Array.from(text).every((character) => JOINERS.has(character))) return Array.from(text, escaped).join("");
  const word = /^ [^\s]/u.test(text) ? text.slice(1) : text;
  const trimmed = word.replace(/^ +| +$/gu, (spaces) => SPACE.repeat(spaces.length));
  return Array.from(trimmed, visibleCharacter).join("");
}

/** A text on one line: line breaks, tabs and control characters are written visibly, spaces stay. */
export function oneLine(text: string): string {
  return Array.from(text, visibleCharacter).join("");
}

function visibleCharacter(character: string): string {
  if (character === "\n") return "↵";
  if (character === "\r") return "␍";
  if (character === "\t") return "⇥";
  if (character === " " || JOINERS.has(character)) return character;
  if (!/[\p{C}\p{Z}]/u.test(character)) return character;
  return escaped(character);
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

function firstOf(text: string): string {
  return Array.from(text)[0] ?? "";
}

function lastOf(text: string): string {
  return Array.from(text).at(-1) ?? "";
}
