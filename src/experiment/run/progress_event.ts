import type { AdaptiveRound } from "../../attribution/adaptive.ts";
import type { DownloadProgress } from "../../model/load/locate_model.ts";
import type { CellOutcome } from "./cell_outcome.ts";
import type { Cell } from "./cell.ts";
import type { Foretold } from "../foretell/foreteller.ts";

/** News of a run. The work of an attribution is counted from its beginning. */
export type ProgressEvent =
  | { readonly kind: "start"; readonly total: number }
  | { readonly kind: "open"; readonly model: string }
  | { readonly kind: "load"; readonly model: string; readonly share: number }
  | { readonly kind: "download"; readonly progress: DownloadProgress }
  | { readonly kind: "unopened"; readonly model: string; readonly error: string; readonly cells: number }
  /** Cells whose records are there: none of them begins or ends. */
  | { readonly kind: "kept"; readonly cells: readonly Cell[] }
  | { readonly kind: "begin"; readonly index: number; readonly cell: Cell }
  | { readonly kind: "foretold"; readonly index: number; readonly cell: Cell; readonly foretold: Foretold | null }
  | { readonly kind: "work"; readonly work: number }
  | { readonly kind: "round"; readonly round: AdaptiveRound }
  | { readonly kind: "end"; readonly index: number; readonly outcome: CellOutcome }
  | { readonly kind: "note"; readonly text: string };
