/** Glyphs of bars, whose lengths follow from the numbers beside them. */
const BAR = /^[\u2500-\u259f]+$/;
const NUMBER = /[+−-]?\d+(?:\.\d+)?(?:e[+−-]?\d+)?/g;
/** Units of the last digit that is shown, and relative, by which a number may be off: processors round otherwise. */
const DIGIT_UNITS = 2;
const RELATIVE = 0.01;
const GAP = "…";

/**
 * Compares output that a document shows with what was printed. A line `…` stands for any lines, the word `…`, or a word
 * that ends in it, for any words. Whole numbers are equal, others to two units of the last digit shown or 1 %. Bars and
 * the width of white space are left to the reader. Returns the part that was not printed, or null.
 */
export function notPrinted(shown: string, printed: string): string | null {
  const lines = linesOf(printed);
  const parts = splitAt(linesOf(shown), (line) => line.trim() === GAP);
  let from = 0;
  for (const [k, part] of parts.entries()) {
    if (part.length === 0) continue;
    const at = k === parts.length - 1 && k > 0
      ? lines.length - part.length
      : k === 0
      ? 0
      : firstMatch(part, lines, from);
    if (at < from || !matchesAt(part, lines, at)) return part.join("\n");
    from = at + part.length;
  }
  return parts.at(-1)!.length > 0 && from < lines.length ? `the end behind ${parts.at(-1)!.at(-1)}` : null;
}

function firstMatch(part: readonly string[], lines: readonly string[], from: number): number {
  for (let at = from; at + part.length <= lines.length; at++) if (matchesAt(part, lines, at)) return at;
  return -1;
}

function matchesAt(part: readonly string[], lines: readonly string[], at: number): boolean {
  return at + part.length <= lines.length && part.every((line, i) => wordsMatch(wordsOf(line), wordsOf(lines[at + i])));
}

function wordsMatch([first, ...rest]: readonly string[], printed: readonly string[]): boolean {
  if (first === undefined) return printed.length === 0;
  if (first.endsWith(GAP)) {
    const begin = first.slice(0, -GAP.length);
    if (begin !== "" && !printed[0]?.startsWith(begin)) return false;
    const least = begin === "" ? 0 : 1;
    for (let k = least; k <= printed.length; k++) if (wordsMatch(rest, printed.slice(k))) return true;
    return false;
  }
  return printed.length > 0 && wordMatches(first, printed[0]) && wordsMatch(rest, printed.slice(1));
}

function wordMatches(shown: string, printed: string): boolean {
  if (shown === printed) return true;
  if (shown.replace(NUMBER, "#") !== printed.replace(NUMBER, "#")) return false;
  const [a, b] = [shown, printed].map((word) => [...word.matchAll(NUMBER)].map(([number]) => number));
  return a.every((number, i) => numberMatches(number, b[i]));
}

function numberMatches(shown: string, printed: string): boolean {
  const decimals = /\.(\d+)/.exec(shown)?.[1].length ?? 0;
  if (decimals === 0 && !/e/.test(shown)) return shown === printed;
  const exponent = Number(/e(.+)$/.exec(shown)?.[1].replace("−", "-") ?? 0);
  const [a, b] = [shown, printed].map((number) => Number(number.replaceAll("−", "-")));
  return Math.abs(a - b) <= Math.max(DIGIT_UNITS * 10 ** (exponent - decimals) * (1 + 1e-9), RELATIVE * Math.abs(a));
}

function wordsOf(line: string): string[] {
  return line.split(/\s+/).filter((word) => word !== "" && !BAR.test(word));
}

/** Empty lines at the end are left out. */
function linesOf(text: string): string[] {
  return text.replace(/\n+$/, "").split("\n");
}

function splitAt(lines: readonly string[], isGap: (line: string) => boolean): string[][] {
  const parts: string[][] = [[]];
  for (const line of lines) isGap(line) ? parts.push([]) : parts.at(-1)!.push(line);
  return parts;
}
