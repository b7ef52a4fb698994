import type { AttributionRecord } from "../../explain/record/record.ts";
import { movingTokens } from "../../explain/record/moving_tokens.ts";
import { visibleTokens } from "../text/visible_token.ts";
import { withDrawnTexts } from "../view/by_units.ts";
import { insideSums } from "../view/inside_sums.ts";
import type { Panel } from "./figure.ts";
import { DIVERGING } from "./theme.ts";

/** Names the labels of columns in the figure that has the maps. */
const LABELS = { parts: "partLabels", positions: "positionLabels" } as const;

/** Labels by name: looked up by position, as a token's text must never be parsed as an expression. */
export function insideLabels(given: AttributionRecord): Readonly<Record<string, readonly string[]>> {
  if (given.inside === undefined) return {};
  const record = withDrawnTexts(given);
  const tokens = [...record.prompt.tokens, ...movingTokens(record)];
  return {
    [LABELS.parts]: given.inside.parts.map((part) => part.replace("head ", "")),
    [LABELS.positions]: visibleTokens(tokens.map(({ text }) => text)),
  };
}

/**
 * Maps of what passes through each part of the network: layers × heads and MLP, and layers × positions of the residual
 * stream. None if the record does not have it.
 */
export function insidePanels(record: AttributionRecord): Panel[] {
  if (record.inside === undefined) return [];
  const parts = insideSums(record.inside);
  const through = parts.filter(({ part }) => part !== "residual");
  const stream = parts.filter(({ part }) => part === "residual");
  return [
    layerMap(record, {
      values: through.map(({ layer, part, value }) => ({ layer, column: record.inside!.parts.indexOf(part), value })),
      title: record.inside.by === "heads" ? "through each head and MLP" : "through attention and MLP",
      axis: record.inside.by === "heads" ? "head, MLP" : "part",
      labels: LABELS.parts,
    }),
    layerMap(record, {
      values: stream.flatMap(({ layer, positions }) => positions.map((value, column) => ({ layer, column, value }))),
      title: "in the residual stream after each layer, by position",
      axis: "position",
      labels: LABELS.positions,
    }),
  ];
}

/** Cells of a map, and the labels of its columns. */
interface LayerMap {
  readonly values: readonly { readonly layer: number; readonly column: number; readonly value: number }[];
  readonly title: string;
  /** Title of its columns. */
  readonly axis: string;
  /** Name of the labels of its columns. */
  readonly labels: string;
}

function layerMap({ score }: AttributionRecord, { values, title, axis, labels }: LayerMap): Panel {
  const largest = values.reduce((top, { value }) => Math.max(top, Math.abs(value)), 0) || 1;
  const quiet = { ticks: false, domain: false, labelOverlap: false };
  return {
    data: { values },
    title: { text: title, anchor: "start", fontSize: 11, fontWeight: "normal", offset: 6, frame: "group" },
    width: { step: 20 },
    height: { step: 12 },
    view: { stroke: "#bdbdbd" },
    mark: { type: "rect", stroke: "#efefef", strokeWidth: 0.5 },
    encoding: {
      x: {
        field: "column",
        type: "ordinal",
        axis: { ...quiet, title: axis, labelExpr: `${labels}[datum.value]`, labelAngle: -60, labelLimit: 110 },
      },
      y: { field: "layer", type: "ordinal", axis: { ...quiet, title: "layer" } },
      color: {
        field: "value",
        type: "quantitative",
        scale: { domain: [-largest, largest], domainMid: 0, range: DIVERGING, interpolate: "lab" },
        legend: {
          title: score.unit,
          tickCount: 5,
          gradientLength: Math.max(60, 12 * new Set(values.map(({ layer }) => layer)).size),
        },
      },
    },
  } as unknown as Panel;
}
