import type { TopLevelSpec } from "npm:vega-lite@6";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { byUnits } from "../view/by_units.ts";
import { isIdle } from "../view/support.ts";
import { colorOf, figure, type Panel, tokenAxis } from "./figure.ts";
import { hasLongUnits, longUnitPanels } from "./long_units.ts";
import { positionRows } from "./position_rows.ts";
import { FROZEN_COLUMN } from "./theme.ts";

/**
 * The token attribution as target tokens × prompt tokens.
 *
 * @throws {TypeError} if the record has no token attribution
 */
export function heatMap(given: AttributionRecord): TopLevelSpec {
  const record = byUnits(given);
  if (record.tokenAttribution && hasLongUnits(record)) {
    return figure(record, longUnitPanels(record, { bars: false, heat: true }));
  }
  const rows = positionRows(record.prompt.tokens.length);
  return figure(record, rows.map((row) => heatPanel(record, row.start, row.end, true)));
}

/** The columns [start, end) of the heat map, with the prompt tokens beneath it if `labels`. */
export function heatPanel(record: AttributionRecord, start: number, end: number, labels: boolean): Panel {
  const matrix = record.tokenAttribution;
  if (!matrix) throw new TypeError("Cannot draw a heat map as the token attribution must be [T, L]: got null");
  const values = matrix.flatMap((row, target) =>
    row.slice(start, end).map((value, k) => ({
      target,
      position: start + k,
      frozen: isIdle(record, start + k),
      value,
    }))
  );
  const x = {
    field: "position",
    type: "ordinal" as const,
    axis: labels ? tokenAxis(record, "prompt") : null,
  };
  const y = { field: "target", type: "ordinal" as const, axis: tokenAxis(record, "target") };
  const color = colorOf(record, matrix);
  return {
    data: { values },
    width: { step: 20 },
    height: { step: 20 },
    view: { stroke: "#bdbdbd" },
    layer: [
      { mark: { type: "rect", stroke: "#efefef", strokeWidth: 0.5 }, encoding: { x, y, color } },
      {
        transform: [{ filter: "datum.frozen" }],
        mark: { type: "rect", color: FROZEN_COLUMN },
        encoding: { x, y },
      },
    ],
  } as unknown as Panel;
}
