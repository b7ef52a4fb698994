import type { ResultRow } from "../findings/result_row.ts";
import type { Cell } from "./cell.ts";

/** Result of a cell: computed by this run, found in the output directory, or failed. */
export type CellOutcome =
  | { readonly cell: Cell; readonly status: "computed" | "stored"; readonly row: ResultRow }
  | { readonly cell: Cell; readonly status: "failed"; readonly error: string };

/** End of a cell in a run; its row is read again from its record. */
export type CellEnd =
  | { readonly status: "computed" | "stored" }
  | { readonly status: "failed"; readonly error: string };

/** Cell that failed. */
type FailedCell = Extract<CellOutcome, { readonly status: "failed" }>;

/** Result rows of all cells that have one. */
export function rowsOf(outcomes: readonly CellOutcome[]): ResultRow[] {
  return outcomes.flatMap((outcome) => outcome.status === "failed" ? [] : [outcome.row]);
}

/** Cells that failed. */
export function failuresOf(outcomes: readonly CellOutcome[]): FailedCell[] {
  return outcomes.filter((outcome) => outcome.status === "failed");
}

/** Number of cells that ended so. */
export function countOf(outcomes: readonly CellEnd[], status: CellEnd["status"]): number {
  return outcomes.filter((outcome) => outcome.status === status).length;
}
