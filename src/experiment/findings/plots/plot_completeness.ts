import { completenessPlot, type CompletenessPoint } from "../../../report/plot/completeness_plot.ts";
import type { ResultStore } from "../../run/result_store.ts";
import { drawPlot } from "./draw_plot.ts";
import { medianPoints } from "./median_points.ts";
import { pathPoint } from "./path_point.ts";
import type { ResultRow } from "../result_row.ts";
import { usualFreeze } from "../row_words.ts";

/** Draws completeness error against path points. Returns false if no cell has path points. */
export async function plotCompleteness(store: ResultStore, rows: readonly ResultRow[], name: string): Promise<boolean> {
  const points = medianPoints(completenessPoints(rows));
  if (points.length === 0) return false;
  await drawPlot(
    store,
    "plots/completeness",
    completenessPlot(points, `${name}: completeness error against path points`),
  );
  return true;
}

function completenessPoints(rows: readonly ResultRow[]): CompletenessPoint[] {
  const usual = usualFreeze(rows);
  const manyModels = new Set(rows.map(modelText)).size > 1;
  return rows.flatMap((row) => pathPoint(row, { usual, model: manyModels ? modelText(row) : null, ...row.sequence }));
}

function modelText({ model, cell }: ResultRow): string {
  return `${model.id} ${cell.model.quantize}`;
}
