import { countReading, countWork } from "./work.ts";

/** Characters that Python's `str.isspace` and regular expressions take for white space, as a class without brackets. */
export const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const IS_SPACE = new RegExp(`^[${SPACE}]$`);
// deno-lint-ignore no-control-regex
const LINE_END = new RegExp("\\r\\n|[\\n-\\r\\x1c-\\x1e\\x85\\u2028\\u2029]", "g");
const WORDS = new RegExp(`[^${SPACE}]+`, "g");
const LAST = /.$/su;
const SURROGATE = /[\ud800-\udfff]/;

/** Returns the characters of a text, as Python counts them. */
export function pointsOf(text: string): readonly string[] {
  countReading(text);
  return SURROGATE.test(text) ? [...text] : text.split("");
}

/** Counts the characters of a text. */
export function lengthOf(text: string): number {
  countReading(text);
  return SURROGATE.test(text) ? pointsOf(text).length : text.length;
}

/** True for one character of white space. */
function isSpace(character: string): boolean {
  return IS_SPACE.test(character);
}

/** Takes characters off the ends of a text: those of a set, white space by default. */
export function strip(text: string, ends: "both" | "left" | "right", set: string | null = null): string {
  countReading(text);
  const characters = set === null ? null : new Set(pointsOf(set));
  const goes = (character: string) => characters?.has(character) ?? isSpace(character);
  let start = 0;
  let end = text.length;
  while (ends !== "right" && start < end) {
    const character = String.fromCodePoint(text.codePointAt(start)!);
    if (!goes(character)) break;
    start += character.length;
  }
  while (ends !== "left" && end > start) {
    const [character] = LAST.exec(text.slice(Math.max(start, end - 2), end))!;
    if (!goes(character)) break;
    end -= character.length;
  }
  return text.slice(start, end);
}

/** Divides a text at white space, at most some times; a negative number is no bound. */
export function splitSpaces(text: string, most: number): string[] {
  const words = wordsOf(text);
  if (most < 0 || words.length <= most) return words;
  let rest = strip(text, "left");
  for (const word of words.slice(0, most)) rest = strip(rest.slice(word.length), "left");
  return [...words.slice(0, most), rest];
}

/** As `splitSpaces`, from the right. */
export function splitSpacesFromRight(text: string, most: number): string[] {
  const words = wordsOf(text);
  if (most < 0 || words.length <= most) return words;
  const last = words.slice(words.length - most);
  let rest = strip(text, "right");
  for (const word of last.toReversed()) rest = strip(rest.slice(0, rest.length - word.length), "right");
  return [rest, ...last];
}

function wordsOf(text: string): string[] {
  const words = text.match(WORDS) ?? [];
  countWork(words.length);
  return words;
}

/** Divides a text at its line ends, all that Python knows. */
export function splitLines(text: string, keepEnds = false): string[] {
  const lines: string[] = [];
  let at = 0;
  for (const { 0: end, index } of text.matchAll(LINE_END)) {
    lines.push(text.slice(at, index + (keepEnds ? end.length : 0)));
    at = index + end.length;
  }
  if (at < text.length) lines.push(text.slice(at));
  countWork(lines.length);
  return lines;
}

/** Compares two texts by their characters, not by units of UTF-16; negative if the first comes first. */
export function compareTexts(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  countWork(Math.ceil(shared / 16));
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rankOf(x) - rankOf(y);
  }
  return a.length - b.length;
}

/** Puts halves of surrogate pairs behind all other units. */
function rankOf(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;
}
