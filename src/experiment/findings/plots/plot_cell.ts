import type { AttributionRecord } from "../../../explain/record/record.ts";
import { barChart } from "../../../report/plot/bar_chart.ts";
import { heatMap } from "../../../report/plot/heat_map.ts";
import type { Cell } from "../../run/cell.ts";
import type { ResultStore } from "../../run/result_store.ts";
import { drawPlot } from "./draw_plot.ts";

/** Draws the bar chart of a cell and, if there is a token attribution, the heat map, unless they are there already. */
export async function plotCell(store: ResultStore, cell: Cell, record: AttributionRecord): Promise<void> {
  await drawPlot(store, `plots/${cell.id}.bar`, barChart(record));
  if (record.tokenAttribution) await drawPlot(store, `plots/${cell.id}.heat`, heatMap(record));
}
