import type { AttributionRecord } from "../../../explain/record/record.ts";
import { barChart } from "../../../report/plot/bar_chart.ts";
import { heatMap } from "../../../report/plot/heat_map.ts";
import type { Cell } from "../../run/cell.ts";
import type { ResultStore } from "../../run/result_store.ts";
import { drawPlot } from "./draw_plot.ts";

/** Kinds of figures of a cell; a heat map takes a token attribution. */
export type CellPlot = "bar" | "heat";

/** Returns the name of a cell's figure, without its ending. */
export function cellPlotName(cell: Pick<Cell, "id">, kind: CellPlot): string {
  return `plots/${cell.id}.${kind}`;
}

/** Draws figures of a cell, unless they are there already; by default all that it has. */
export async function plotCell(
  store: ResultStore,
  cell: Cell,
  record: AttributionRecord,
  kinds: readonly CellPlot[] = record.tokenAttribution ? ["bar", "heat"] : ["bar"],
): Promise<void> {
  for (const kind of kinds) {
    await drawPlot(store, cellPlotName(cell, kind), kind === "bar" ? barChart(record) : heatMap(record));
  }
}
