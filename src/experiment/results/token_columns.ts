import type { recordRows } from "../../report/record_csv.ts";
import type { ColumnType, TableColumn } from "./table_column.ts";

/** One attribution: a row of a record's table, and the cell that it is of. */
type TokenRow = ReturnType<typeof recordRows>[number] & { readonly cell: string };

function column(name: keyof TokenRow, type: ColumnType, help: string): TableColumn<TokenRow> {
  return { name, type, help, value: (row) => name === "frozen" ? flagOf(row.frozen) : row[name] };
}

/** Columns of tokens.csv and tokens.parquet, a row an attribution. */
export const TOKEN_COLUMNS: readonly TableColumn<TokenRow>[] = [
  column("cell", "text", "id of the cell, as in the other table"),
  column(
    "scope",
    "text",
    "`sequence`: of a prompt token for the whole target; `token`: for one target token; `unit`, `token-unit`: of units; " +
      "`prefix`, `token-prefix`: of the target's own tokens; `through-…`: shares of chains (docs/record.md)",
  ),
  column("target_position", "whole", "position of the target token, from 0 on"),
  column("target_token_id", "whole", "its id"),
  column("target_token", "text", "its text"),
  column("prompt_position", "whole", "position of the prompt token, from 0 on; the target's own tokens count on"),
  column("prompt_token_id", "whole", "its id"),
  column("prompt_token", "text", "its text"),
  column("frozen", "flag", "true if it is never moved or taken away, and so has no attribution"),
  column("attribution", "number", "its attribution, in the cell's unit"),
  column("error", "number", "standard error, or estimated error of the adaptive quadrature"),
  column("unit", "whole", "number of the unit that the token belongs to, where units are not tokens"),
  column("unit_text", "text", "the unit's text"),
  column("target_unit", "whole", "number of the target's unit or span"),
  column("target_unit_text", "text", "its text"),
];

function flagOf(frozen: unknown): boolean | null {
  return frozen === "" ? null : frozen === "true" || frozen === true;
}
