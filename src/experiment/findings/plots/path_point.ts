import { methodOf } from "../../../explain/methods/method_table.ts";
import type { CompletenessPoint } from "../../../report/plot/completeness_plot.ts";
import type { Cell } from "../../run/cell.ts";
import type { ResultRow } from "../result_row.ts";
import { pathText, promptWord } from "../row_words.ts";

/** Error of a cell's path, and the words that tell it from others. */
interface PathPoint {
  /** Freeze choice that need not be named. */
  readonly usual: string;
  /** Name of the model; none if all cells have the same. */
  readonly model?: string | null;
  readonly relative: number | null;
  readonly certificate: number | null;
}

/** The place of a cell in a plot against path points; none if it has no path or no error. */
export function pathPoint(
  row: ResultRow,
  { usual, model = null, relative, certificate }: PathPoint,
): CompletenessPoint[] {
  const { options, recorded } = row.cell;
  const prompt = promptWord(row.cell);
  if (methodOf(options.method).alongOnePath !== true || relative === null) return [];
  return [{
    prompt: model === null ? prompt : `${prompt}, ${model}`,
    path: `baseline ${pathText(row.cell, usual)}`,
    quadrature: String(recorded.quadrature),
    points: ownPoints(recorded) ?? row.cost.pathPoints,
    relative,
    certificate,
  }];
}

/**
 * Returns the points of a fixed rule on every path, without both ends, which are scored for the error alone; null for
 * other methods.
 */
function ownPoints({ steps, samples }: Cell["recorded"]): number | null {
  return typeof steps !== "number" ? null : steps * (typeof samples === "number" ? samples : 1);
}
