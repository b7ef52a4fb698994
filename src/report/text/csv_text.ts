import { stringify } from "npm:csv-stringify@6/sync";

/**
 * Rows as CSV with a header; booleans are `true` and `false`, null and undefined empty.
 *
 * @param columns keys in order; those of the first row if left out
 */
export function csvText(rows: readonly object[], columns?: readonly string[]): string {
  return stringify([...rows], { header: true, cast: { boolean: String }, ...(columns && { columns: [...columns] }) });
}

/** Returns a row with its keys as names of columns. */
export function namedColumns(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [columnName(key), value]));
}

/** Name of a column for a key: `topOverlap` as `top_overlap`. */
export function columnName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
