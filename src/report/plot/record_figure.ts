import type { TopLevelSpec } from "npm:vega-lite@6";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { barChart, barPanel } from "./bar_chart.ts";
import { byUnits } from "../view/by_units.ts";
import { dependenceLabels, dependencePanels } from "./dependence_panel.ts";
import { figure } from "./figure.ts";
import { heatPanel } from "./heat_map.ts";
import { insideLabels, insidePanels } from "./inside_panels.ts";
import { hasLongUnits, longUnitPanels } from "./long_units.ts";
import { positionRows } from "./position_rows.ts";
import { throughPanel } from "./through_panel.ts";

/**
 * The whole record as one figure: the bar chart and, beneath it, the heat map if it has a token attribution, and the
 * ways of chains, the dependence on a context and the maps of what passes through the network if it has these.
 */
export function recordFigure(given: AttributionRecord): TopLevelSpec {
  const record = byUnits(given);
  if (!record.tokenAttribution && !record.inside) return barChart(record);
  if (record.through === undefined && hasLongUnits(record)) {
    const rows = longUnitPanels(record, { bars: true, heat: record.tokenAttribution !== null });
    return figure(record, [...rows, ...insidePanels(given)], insideLabels(given));
  }
  const panels = positionRows(record.prompt.tokens.length).flatMap(({ start, end }) => [
    barPanel(record, start, end),
    ...(record.tokenAttribution ? [heatPanel(record, start, end, false)] : []),
    ...(record.through === undefined ? [] : [throughPanel(record, start, end)]),
  ]);
  const labels = { ...insideLabels(given), ...dependenceLabels(given) };
  return figure(record, [...panels, ...dependencePanels(given), ...insidePanels(given)], labels);
}
