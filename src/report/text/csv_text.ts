import { stringify } from "npm:csv-stringify@6/sync";

/** Beginnings that a spreadsheet takes for a formula, the wide forms of East Asian keyboards among them. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

/**
 * Rows as CSV with a header; booleans are `true` and `false`, null and undefined empty. Texts that a spreadsheet would
 * take for a formula get an apostrophe before them; numbers stay numbers.
 *
 * @param columns keys in order; those of the first row if left out
 */
export function csvText(rows: readonly object[], columns?: readonly string[]): string {
  const cast = { boolean: String, string: harmless };
  return stringify([...rows], { header: true, cast, ...(columns && { columns: [...columns] }) });
}

function harmless(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** Returns a row with its keys as names of columns. */
export function namedColumns(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [columnName(key), value]));
}

/** Name of a column for a key: `topOverlap` as `top_overlap`. */
export function columnName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
