import type { AttributionRecord } from "../../explain/record/record.ts";
import { isIdle } from "../view/support.ts";
import { sizeName } from "../view/is_unsigned.ts";
import { sequenceErrors } from "../view/sequence_errors.ts";
import { visibleTokens } from "../text/visible_token.ts";
import { valueDomain } from "./bar_domain.ts";
import { colorOf, LABEL_LIMIT, type Panel, tokenAxis } from "./figure.ts";
import { LABEL_SIZE, labelLines, labelWidth } from "./label_text.ts";
import { positionRows } from "./position_rows.ts";
import { FROZEN, FROZEN_COLUMN, INK, NEGATIVE, POSITIVE } from "./theme.ts";

/** Pixels of a label's lines, and most of them. */
const WIDEST_LABEL = 340;
const MOST_LINES = 4;
const LINE = 14;
/** Pixels between rows, and of the bars' area. */
const ROW_GAP = 8;
const BAR_WIDTH = 220;

/** True if units are mostly too long for labels beneath columns, as sentences are. */
export function hasLongUnits({ prompt: { tokens } }: AttributionRecord): boolean {
  const long = visibleTokens(tokens.map(({ text }) => text)).filter((label) => labelWidth(label) > LABEL_LIMIT);
  return 4 * long.length > tokens.length;
}

/** Parts of a figure of long units. */
interface LongUnitParts {
  readonly bars: boolean;
  readonly heat: boolean;
}

/** Long units as rows: their text, a bar for each, and their columns of the token attribution beside it. */
export function longUnitPanels(record: AttributionRecord, { bars, heat }: LongUnitParts): Panel[] {
  const rows = unitRows(record);
  const parts: Panel[] = [
    ...(bars ? [barRows(record, rows)] : []),
    ...(heat
      ? positionRows(record.target.tokens.length).map(({ start, end }) => heatColumns(record, rows, start, end))
      : []),
  ];
  // The first two stand side by side, and the others below, each with the text again.
  const [first, second, ...below] = parts;
  const beside = [first, ...(second === undefined ? [] : [second])];
  return [beside, ...below.map((part) => [part])].map((own) =>
    ({
      hconcat: [textRows(rows), ...own],
      spacing: 10,
      resolve: { scale: { color: "independent" } },
    }) as unknown as Panel
  );
}

/** Rows of a figure: the lines of each unit's label, and the height that all have. */
interface UnitRows {
  readonly labels: readonly { readonly lines: readonly string[]; readonly frozen: boolean }[];
  /** Pixels. */
  readonly step: number;
}

function unitRows(record: AttributionRecord): UnitRows {
  const labels = visibleTokens(record.prompt.tokens.map(({ text }) => text.trim())).map((label, i) => ({
    lines: labelLines(label, WIDEST_LABEL, MOST_LINES),
    frozen: isIdle(record, i),
  }));
  return { labels, step: LINE * Math.max(...labels.map(({ lines }) => lines.length)) + ROW_GAP };
}

function shapeOf({ labels, step }: UnitRows) {
  const scale = { domain: [0, labels.length], reverse: true, nice: false, zero: false };
  return { height: step * labels.length, y: { type: "quantitative" as const, scale, axis: null } };
}

function textRows(rows: UnitRows): Panel {
  const { height, y } = shapeOf(rows);
  const values = rows.labels.flatMap(({ lines, frozen }, i) =>
    lines.map((text, k) => ({
      text,
      frozen,
      at: i + 0.5 + (k - (lines.length - 1) / 2) * (LINE / rows.step),
    }))
  );
  const width = Math.ceil(Math.max(...values.map(({ text }) => labelWidth(text))));
  return {
    data: { values },
    width,
    height,
    mark: { type: "text", align: "right", baseline: "middle", fontSize: LABEL_SIZE },
    encoding: {
      x: { value: width },
      y: { ...y, field: "at" },
      text: { field: "text", type: "nominal" },
      color: { value: INK, condition: { test: "datum.frozen", value: FROZEN } },
    },
  } as unknown as Panel;
}

function barRows(record: AttributionRecord, rows: UnitRows): Panel {
  const { height, y } = shapeOf(rows);
  const errors = sequenceErrors(record);
  const values = rows.labels.map(({ frozen }, i) => {
    const value = record.sequenceAttribution[i];
    const error = errors?.[i] ?? 0;
    return { top: i + 0.2, bottom: i + 0.8, middle: i + 0.5, frozen, value, low: value - error, high: value + error };
  });
  const x = {
    type: "quantitative" as const,
    title: sizeName(record) ?? `attribution (${record.score.unit})`,
    scale: { domain: valueDomain(record), nice: true },
    axis: { tickCount: 5 },
  };
  return {
    data: { values },
    width: BAR_WIDTH,
    height,
    layer: [
      {
        mark: { type: "rect" },
        encoding: {
          x: { ...x, field: "value" },
          x2: { datum: 0 },
          y: { ...y, field: "top" },
          y2: { field: "bottom" },
          color: { value: POSITIVE, condition: { test: "datum.value < 0", value: NEGATIVE } },
        },
      },
      { data: { values: [{}] }, mark: { type: "rule", color: INK, strokeWidth: 0.8 }, encoding: { x: { datum: 0 } } },
      ...(errors
        ? [{
          transform: [{ filter: "!datum.frozen" }],
          mark: { type: "rule", color: INK },
          encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y: { ...y, field: "middle" } },
        }]
        : []),
    ],
  } as unknown as Panel;
}

/** The target positions [start, end) as columns. */
function heatColumns(record: AttributionRecord, rows: UnitRows, start: number, end: number): Panel {
  const { height, y } = shapeOf(rows);
  const matrix = record.tokenAttribution!;
  const values = matrix.slice(start, end).flatMap((row, k) =>
    row.map((value, i) => ({ target: start + k, top: i, bottom: i + 1, frozen: rows.labels[i].frozen, value }))
  );
  const x = { field: "target", type: "ordinal" as const, axis: { ...tokenAxis(record, "target"), labelAngle: -60 } };
  const box = { x, y: { ...y, field: "top" }, y2: { field: "bottom" } };
  return {
    data: { values },
    width: { step: 20 },
    height,
    view: { stroke: "#bdbdbd" },
    layer: [
      {
        mark: { type: "rect", stroke: "#efefef", strokeWidth: 0.5 },
        encoding: { ...box, color: colorOf(record, matrix) },
      },
      { transform: [{ filter: "datum.frozen" }], mark: { type: "rect", color: FROZEN_COLUMN }, encoding: box },
    ],
  } as unknown as Panel;
}
