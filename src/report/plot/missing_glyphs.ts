import { plotFont } from "./font.ts";

/** Characters that are asked for at most: a message names a few of them. */
const MOST = 400;
/** Pixels of a cell, and cells in a row. */
const CELL = 24;
const COLUMNS = 20;
/** A character that no font has: it is drawn as every missing glyph is. */
const NOWHERE = "\u{F0000}";
/** Marks and joiners change the glyphs around them, or have none. */
const WITHOUT_GLYPH = /[\p{M}\p{C}\p{Z}]/u;

/** Pixels of a picture, four bytes each. */
interface Picture {
  readonly width: number;
  readonly pixels: Uint8Array;
}

/** Returns the characters of a text that the font of the plots does not have. */
export function uncoveredCharacters(text: string): string[] {
  const { metrics } = plotFont(false);
  return [...new Set(text)].filter((one) => !WITHOUT_GLYPH.test(one) && !metrics.has(one.codePointAt(0)!));
}

/**
 * Returns the characters of some that no font has: those that are drawn as the glyph of a missing one.
 *
 * @param draw draws an SVG with the fonts of the pictures
 */
export function missingGlyphs(characters: readonly string[], draw: (svg: string) => Picture): string[] {
  const asked = characters.slice(0, MOST);
  if (asked.length === 0) return [];
  const { width, pixels } = draw(sheet([NOWHERE, ...asked]));
  const [nowhere, ...drawn] = [NOWHERE, ...asked].map((_, i) => cellText({ width, pixels }, i));
  return asked.filter((_, i) => drawn[i] === nowhere);
}

/** A sheet with a character in each cell. */
function sheet(characters: readonly string[]): string {
  const rows = Math.ceil(characters.length / COLUMNS);
  const texts = characters.map((one, i) => {
    const [x, y] = [(i % COLUMNS) * CELL, Math.floor(i / COLUMNS) * CELL];
    return `<text x="${x + 2}" y="${y + 18}">&#x${one.codePointAt(0)!.toString(16)};</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${COLUMNS * CELL}" height="${rows * CELL}" font-size="16">${
    texts.join("")
  }</svg>`;
}

/** The pixels of a cell as one text. */
function cellText({ width, pixels }: Picture, cell: number): string {
  const [left, top] = [(cell % COLUMNS) * CELL, Math.floor(cell / COLUMNS) * CELL];
  return Array.from({ length: CELL }, (_, row) => {
    const start = 4 * ((top + row) * width + left);
    return pixels.subarray(start, start + 4 * CELL).join();
  }).join();
}
