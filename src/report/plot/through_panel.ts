import type { AttributionRecord } from "../../explain/record/record.ts";
import { isIdle } from "../view/support.ts";
import { throughRows } from "../view/through_rows.ts";
import { type Panel, tokenAxis } from "./figure.ts";
import { DIVERGING, FROZEN_COLUMN } from "./theme.ts";

/** More spans make no picture: those that most chains pass. */
const MOST_SPANS = 24;

/** The prompt positions [start, end) by each way to the answer: in all, directly, and through each span. */
export function throughPanel(record: AttributionRecord, start: number, end: number): Panel {
  const rows = throughRows(record, MOST_SPANS);
  const largest = Math.max(...rows.flatMap(({ values }) => values.map(Math.abs))) || 1;
  const labels = rows.map(({ label, text }) => text === null ? label : `${label}: ${text}`);
  const values = rows.flatMap(({ values }, way) =>
    values.slice(start, end).map((value, k) => ({
      way,
      label: labels[way],
      position: start + k,
      frozen: isIdle(record, start + k),
      value,
    }))
  );
  const x = { field: "position", type: "ordinal" as const, axis: tokenAxis(record, "prompt") };
  const y = {
    field: "label",
    type: "nominal" as const,
    sort: labels,
    axis: { title: null, ticks: false, domain: false, labelLimit: 260, labelPadding: 5 },
  };
  const color = {
    field: "value",
    type: "quantitative" as const,
    scale: { domain: [-largest, largest], domainMid: 0, range: DIVERGING, interpolate: "lab" },
    legend: {
      title: `${record.method.shares} share`,
      format: "~%",
      tickCount: 5,
      gradientLength: Math.min(160, Math.max(60, 20 * rows.length)),
    },
  };
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
