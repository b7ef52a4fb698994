import { displayWidth } from "../text/display_width.ts";

/** Width of a column of numbers. */
export const VALUE_WIDTH = 11;
/** Wider words are cut: a token of a byte-level vocabulary may be a whole line of dashes. */
const WIDEST_WORD = 24;

/** Width of a column of words under its head. */
export function wordColumn(words: readonly string[], head: string): number {
  return Math.min(WIDEST_WORD, Math.max(displayWidth(head), ...words.map(displayWidth)));
}
