import type { DownloadProgress } from "../../model/load/locate_model.ts";
import type { CellOutcome } from "./cell_outcome.ts";
import type { Cell } from "./cell.ts";

/** News of a run. */
export type ProgressEvent =
  | { readonly kind: "start"; readonly total: number }
  | { readonly kind: "open"; readonly model: string }
  | { readonly kind: "download"; readonly progress: DownloadProgress }
  | { readonly kind: "unopened"; readonly model: string; readonly error: string; readonly cells: number }
  | { readonly kind: "begin"; readonly index: number; readonly cell: Cell }
  | { readonly kind: "end"; readonly index: number; readonly outcome: CellOutcome }
  | { readonly kind: "note"; readonly text: string };
