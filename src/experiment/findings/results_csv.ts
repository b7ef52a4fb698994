import { csvText } from "../../report/text/csv_text.ts";
import { resultColumns } from "../results/result_columns.ts";
import { filledColumns } from "../results/table_column.ts";
import type { ResultRow } from "./result_row.ts";

/** All results as CSV, a row for each cell. Options without an effect are empty, columns that no row has left out. */
export function resultsCsv(rows: readonly ResultRow[]): string {
  const columns = filledColumns(resultColumns(), rows);
  return csvText(
    rows.map((row) => Object.fromEntries(columns.map(({ name, value }) => [name, value(row)]))),
    columns.map(({ name }) => name),
  );
}
