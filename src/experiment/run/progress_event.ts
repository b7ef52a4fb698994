import type { DownloadProgress } from "../../model/load/locate_model.ts";
import type { Cell } from "./plan_cells.ts";
import type { ResultRow } from "../findings/results.ts";

/** How a cell ended. */
export type CellOutcome =
  | { readonly cell: Cell; readonly status: "computed" | "stored"; readonly row: ResultRow }
  | { readonly cell: Cell; readonly status: "failed"; readonly error: string };

/** What a run tells while it runs. */
export type ProgressEvent =
  | { readonly kind: "start"; readonly total: number }
  | { readonly kind: "open"; readonly model: string }
  | { readonly kind: "download"; readonly progress: DownloadProgress }
  | { readonly kind: "unopened"; readonly model: string; readonly error: string; readonly cells: number }
  | { readonly kind: "begin"; readonly index: number; readonly cell: Cell }
  | { readonly kind: "end"; readonly index: number; readonly outcome: CellOutcome }
  | { readonly kind: "note"; readonly text: string };
