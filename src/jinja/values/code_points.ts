/** Characters that Python's `str.isspace` and regular expressions take for white space, as a class without brackets. */
export const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const IS_SPACE = new RegExp(`^[${SPACE}]$`);
// deno-lint-ignore no-control-regex
const LINE_END = new RegExp("\\r\\n|[\\n-\\r\\x1c-\\x1e\\x85\\u2028\\u2029]", "g");
const SURROGATE = /[\ud800-\udfff]/;

/** Returns the characters of a text, as Python counts them. */
export function pointsOf(text: string): readonly string[] {
  return SURROGATE.test(text) ? [...text] : text.split("");
}

/** Counts the characters of a text. */
export function lengthOf(text: string): number {
  return SURROGATE.test(text) ? pointsOf(text).length : text.length;
}

/** True for one character of white space. */
export function isSpace(character: string): boolean {
  return IS_SPACE.test(character);
}

/** Takes characters off the ends of a text: those of a set, white space by default. */
export function strip(text: string, ends: "both" | "left" | "right", set: string | null = null): string {
  const characters = set === null ? null : new Set(pointsOf(set));
  const goes = (character: string) => characters?.has(character) ?? isSpace(character);
  const points = pointsOf(text);
  let start = 0;
  let end = points.length;
  if (ends !== "right") { while (start < end && goes(points[start])) start++; }
  if (ends !== "left") { while (end > start && goes(points[end - 1])) end--; }
  return points.slice(start, end).join("");
}

/** Divides a text at white space, at most some times; a negative number is no bound. */
export function splitSpaces(text: string, most: number): string[] {
  const words = [...text.matchAll(new RegExp(`[^${SPACE}]+`, "g"))];
  if (most < 0 || words.length <= most) return words.map(([word]) => word);
  return [...words.slice(0, most).map(([word]) => word), text.slice(words[most].index)];
}

/** As `splitSpaces`, from the right. */
export function splitSpacesFromRight(text: string, most: number): string[] {
  const words = [...text.matchAll(new RegExp(`[^${SPACE}]+`, "g"))];
  if (most < 0 || words.length <= most) return words.map(([word]) => word);
  const last = words[words.length - 1 - most];
  const rest = words.slice(words.length - most).map(([word]) => word);
  return [text.slice(0, last.index + last[0].length), ...rest];
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
  return lines;
}

/** Compares two texts by their characters, not by units of UTF-16; negative if the first comes first. */
export function compareTexts(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
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
