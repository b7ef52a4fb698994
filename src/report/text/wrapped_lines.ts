import { displayWidth, graphemesOf } from "./display_width.ts";

/** Breaks a text between words into lines of at most so many columns; words that are wider are broken as well. */
export function wrappedLines(text: string, width: number): string[] {
  const lines: string[] = [];
  let line: string | null = null;
  for (const word of text.split(" ").flatMap((one) => pieces(one, width))) {
    if (line !== null && displayWidth(line) + 1 + displayWidth(word) <= width) line += ` ${word}`;
    else {
      if (line !== null) lines.push(line);
      line = word;
    }
  }
  return [...lines, line ?? ""];
}

function pieces(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word];
  const parts = [""];
  for (const grapheme of graphemesOf(word)) {
    const last = parts[parts.length - 1];
    if (last !== "" && displayWidth(last + grapheme) > width) parts.push(grapheme);
    else parts[parts.length - 1] = last + grapheme;
  }
  return parts;
}
