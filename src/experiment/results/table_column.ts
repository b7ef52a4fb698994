/** A column of a table of results: the one declaration of its name, its type, its meaning and its values. */
export interface TableColumn<Row> {
  readonly name: string;
  readonly type: ColumnType;
  /** Its meaning, as docs/results.md has it. */
  readonly help: string;
  /** Undefined, null or an empty text where there is none. */
  value(row: Row): unknown;
}

/** Texts, numbers, whole numbers, and true or false. */
export type ColumnType = "text" | "number" | "whole" | "flag";

/** Columns that have a value in some row; all of them if there is no row. */
export function filledColumns<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]): TableColumn<Row>[] {
  if (rows.length === 0) return [...columns];
  return columns.filter(({ value }) => rows.some((row) => isThere(value(row))));
}

/** Returns true if a table has a value there. */
export function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
