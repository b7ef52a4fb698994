import { graphemesOf } from "../text/display_width.ts";
import { plotFont } from "./font.ts";

/** Size of the labels of axes, in pixels. */
export const LABEL_SIZE = 11;

/** Returns the width of a label in pixels. */
export function labelWidth(label: string): number {
  return plotFont(false).metrics.width(label) * LABEL_SIZE;
}

/** Cuts a label that is wider than so many pixels, with … in place of the rest. */
export function cutLabel(label: string, limit: number): string {
  if (labelWidth(label) <= limit) return label;
  let cut = "";
  for (const grapheme of graphemesOf(label)) {
    if (labelWidth(`${cut}${grapheme}…`) > limit) break;
    cut += grapheme;
  }
  return `${cut.trimEnd()}…`;
}

/** Breaks a label between words into lines of at most so many pixels; the last of so many lines is cut. */
export function labelLines(label: string, limit: number, most: number): string[] {
  const lines: string[] = [];
  for (const word of label.split(" ")) {
    const last = lines.at(-1);
    const joined = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || lines.length < most && labelWidth(joined) > limit) lines.push(word);
    else lines[lines.length - 1] = joined;
  }
  return lines.map((line) => cutLabel(line, limit));
}
