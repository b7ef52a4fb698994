import type { AttributionRecord } from "../../explain/record/record.ts";
import { writeIfChanged } from "../../files/whole_file.ts";
import { recordRows } from "../../report/record_csv.ts";
import { csvText } from "../../report/text/csv_text.ts";
import type { ResultRow } from "../findings/result_row.ts";
import { resultsCsv } from "../findings/results_csv.ts";
import { type Cell, type ExperimentPlan, FEW_CELLS } from "../run/cell.ts";
import type { ResultStore } from "../run/result_store.ts";
import { openParquet } from "./parquet_file.ts";
import { resultColumns } from "./result_columns.ts";
import { filledColumns } from "./table_column.ts";
import { TOKEN_COLUMNS } from "./token_columns.ts";

/** A table of every token's attribution in the making. */
interface TokenTable {
  add(cell: Cell, record: AttributionRecord): void;
  close(): Promise<void>;
  /** Removes what was written. */
  discard(): void;
}

/** Writes a row for each cell, as CSV and as Parquet. */
export async function writeResultTables(store: ResultStore, rows: readonly ResultRow[]): Promise<void> {
  await writeIfChanged(store.path("results.csv"), resultsCsv(rows));
  const columns = resultColumns();
  const file = await openParquet(store.path("results.parquet"), columns);
  try {
    for (const row of rows) file.add(columns.map(({ value }) => value(row)));
    file.close();
  } finally {
    file.discard();
  }
}

/** Starts the table of attributions: Parquet, and, of few cells, CSV as well. */
export async function openTokenTable(store: ResultStore, { cells }: ExperimentPlan): Promise<TokenTable> {
  const parquet = await openParquet(store.path("tokens.parquet"), TOKEN_COLUMNS);
  const few: Record<string, unknown>[] | null = cells.length <= FEW_CELLS ? [] : null;
  return {
    add(cell, record) {
      for (const row of recordRows(record)) {
        const own = { ...row, cell: cell.id };
        const values = TOKEN_COLUMNS.map(({ value }) => value(own));
        parquet.add(values);
        few?.push(Object.fromEntries(TOKEN_COLUMNS.map(({ name }, i) => [name, values[i]])));
      }
    },
    async close() {
      parquet.close();
      if (few !== null) await writeIfChanged(store.path("tokens.csv"), csvText(few, filledNames(few)));
    },
    discard: () => parquet.discard(),
  };
}

function filledNames(rows: readonly Record<string, unknown>[]): string[] {
  const columns = TOKEN_COLUMNS.map((column) => ({ ...column, value: (row: typeof rows[number]) => row[column.name] }));
  return filledColumns(columns, rows).map(({ name }) => name);
}
