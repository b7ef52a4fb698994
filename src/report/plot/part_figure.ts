import type { TopLevelSpec } from "npm:vega-lite@6";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { barChart } from "./bar_chart.ts";
import { heatMap } from "./heat_map.ts";
import { removalPlot } from "./removal_plot.ts";

/**
 * One of a record's figures by itself.
 *
 * @throws {TypeError} if the record has no matrix, or no curves, to draw
 */
export function partFigure(record: AttributionRecord, part: "bar" | "heat" | "removal"): TopLevelSpec {
  if (part === "bar") return barChart(record);
  if (part === "heat") return heatMap(record);
  const curves = removalPlot(record);
  if (curves !== null) return curves;
  throw new TypeError("Cannot draw curves as the record must have the metric deletion or insertion: got neither");
}
