import type { TopLevelSpec } from "npm:vega-lite@6";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { byUnits } from "../view/by_units.ts";
import { sizeName } from "../view/is_unsigned.ts";
import { isIdle } from "../view/support.ts";
import { sequenceErrors } from "../view/sequence_errors.ts";
import { figure, type Panel, tokenAxis } from "./figure.ts";
import { valueDomain } from "./bar_domain.ts";
import { hasLongUnits, longUnitPanels } from "./long_units.ts";
import { positionRows } from "./position_rows.ts";
import { FROZEN_COLUMN, INK, NEGATIVE, POSITIVE } from "./theme.ts";

/** Height of the bars' area, in pixels. */
const HEIGHT = 170;

/** The sequence attribution as a bar for each prompt token, in reading order; frozen tokens are grey and have none. */
export function barChart(given: AttributionRecord): TopLevelSpec {
  const record = byUnits(given);
  if (hasLongUnits(record)) return figure(record, longUnitPanels(record, { bars: true, heat: false }));
  return figure(record, positionRows(record.prompt.tokens.length).map((row) => barPanel(record, row.start, row.end)));
}

/** The bars of the prompt positions [start, end). All panels of a record share one vertical scale. */
export function barPanel(record: AttributionRecord, start: number, end: number): Panel {
  const errors = sequenceErrors(record);
  const values = record.prompt.tokens.slice(start, end).map((_, k) => {
    const value = record.sequenceAttribution[start + k];
    const error = errors?.[start + k] ?? 0;
    return { position: start + k, frozen: isIdle(record, start + k), value, low: value - error, high: value + error };
  });
  const x = { field: "position", type: "ordinal" as const, axis: tokenAxis(record, "prompt") };
  const y = {
    field: "value",
    type: "quantitative" as const,
    title: sizeName(record) ?? `attribution (${record.score.unit})`,
    scale: { domain: valueDomain(record), nice: true },
  };
  return {
    data: { values },
    width: { step: 20 },
    height: HEIGHT,
    layer: [
      {
        transform: [{ filter: "datum.frozen" }],
        mark: { type: "rect", color: FROZEN_COLUMN },
        encoding: { x },
      },
      {
        mark: { type: "bar", width: { band: 0.72 } },
        encoding: { x, y, color: { value: POSITIVE, condition: { test: "datum.value < 0", value: NEGATIVE } } },
      },
      { data: { values: [{}] }, mark: { type: "rule", color: INK, strokeWidth: 0.8 }, encoding: { y: { datum: 0 } } },
      ...(errors ? [errorRules(x)] : []),
    ],
  } as Panel;
}

function errorRules(x: unknown): unknown {
  return {
    transform: [{ filter: "!datum.frozen" }],
    mark: { type: "rule", color: INK, strokeWidth: 1 },
    encoding: { x, y: { field: "low", type: "quantitative" }, y2: { field: "high" } },
  };
}
