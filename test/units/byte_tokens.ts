import { alignTokens } from "../../src/model/tokens/align_tokens.ts";
import type { UnitToken } from "../../src/units/unit.ts";
import { createRandom, type RandomStream } from "../../src/statistics/random.ts";

// Letters of several scripts, white space of several kinds, combining marks, emoji with joiners and flags, digits,
// marks.
const PIECES = [
  ..."abc XYZ 19 \n\t.,!?()'-",
  "\r\n",
  "\n\n",
  "\u3000",
  "\u00a0",
  "\ufeff",
  ..."äßñçΩжщ",
  "e\u0301",
  "o\u0323\u0302",
  "\u0301",
  ..."我们喜欢学习。、ひらカナ漢字",
  "한국어",
  "\u1112\u1161\u11ab",
  "مرحبا",
  "שלום",
  "भाषा",
  "ไทย",
  "😀",
  "👩‍👩‍👧‍👦",
  "👍🏽",
  "🇫🇷",
  "✌️",
  " the",
  " word",
  "don't",
  "3.14",
  ". ",
];

/** A text of up to 30 pieces of many scripts. */
export function randomText(random: RandomStream): string {
  return Array.from({ length: 1 + random.integer(30) }, () => PIECES[random.integer(PIECES.length)]).join("");
}

/** Cuts a text's UTF-8 anywhere, characters not spared, as byte-level tokenizers may, and finds the tokens' offsets. */
export function byteTokens(text: string, random: RandomStream, frozenShare = 0): UnitToken[] {
  const bytes = new TextEncoder().encode(text);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = 1 + random.integer(6);
    pieces.push(bytes.slice(at, at + size));
    at += size;
  }
  const spans = alignTokens(text, pieces.map((bytes) => ({ bytes })), (same) => same);
  return spans.map((span) => ({
    ...span,
    text: text.slice(span.start, span.end),
    frozen: random.uniform() < frozenShare,
  }));
}

/**
 * Tokens of the given texts, one after the other; those written as `<…>` hold none of the user's text and are frozen.
 */
export function tokensOf(...texts: readonly string[]): { text: string; tokens: UnitToken[] } {
  let text = "";
  const tokens = texts.map((own) => {
    const special = /^<.+>$/.test(own);
    const start = text.length;
    if (!special) text += own;
    return { text: own, frozen: special, start: special ? -1 : start, end: special ? -1 : text.length };
  });
  return { text, tokens };
}

export { createRandom };
