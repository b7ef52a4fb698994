import type { TopLevelSpec } from "npm:vega-lite@6";
import { CATEGORIES, INK, PLOT_BASE } from "./theme.ts";

/** A mean with its interval, and the values that it is the mean of. */
export interface IntervalPoint {
  /** Column of the plot, with a scale of its own. */
  readonly panel: string;
  /** Row of every column. */
  readonly row: string;
  readonly value: number;
  /** Null if there are too few cases for one. */
  readonly low: number | null;
  readonly high: number | null;
  readonly cases: readonly number[];
}

/** More cases than this are not drawn one by one. */
const MOST_CASES = 60;
/** Columns next to each other; the others follow beneath. */
const COLUMNS = 3;

/** Means with their 95 % intervals, a column for each measure, and the cases as faint ticks behind them. */
export function intervalPlot(points: readonly IntervalPoint[], title: string): TopLevelSpec {
  const panels = [...new Set(points.map(({ panel }) => panel))];
  const rows = [...new Set(points.map(({ row }) => row))];
  const column = (panel: string, k: number) => {
    // The rows are the same in all columns.
    const axis = { labelLimit: 420, grid: true, labels: k % COLUMNS === 0 };
    const y = { field: "row", type: "nominal", title: null, sort: rows, axis };
    const own = points.filter((point) => point.panel === panel);
    const cases = own.flatMap(({ row, cases }) =>
      cases.length > MOST_CASES ? [] : cases.map((value) => ({ row, value }))
    );
    const x = { type: "quantitative", title: panel, scale: { zero: false, nice: true }, axis: { tickCount: 5 } };
    return {
      width: 200,
      height: { step: 19 },
      layer: [
        {
          data: { values: cases },
          mark: { type: "tick", color: CATEGORIES[4], opacity: 0.55, thickness: 1, height: 9 },
          encoding: { x: { ...x, field: "value" }, y },
        },
        {
          data: { values: own.filter(({ low }) => low !== null) },
          mark: { type: "rule", color: INK, strokeWidth: 1.4 },
          encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y },
        },
        {
          data: { values: own.map(({ row, value }) => ({ row, value })) },
          mark: { type: "point", filled: true, size: 46, opacity: 1, color: INK },
          encoding: { x: { ...x, field: "value" }, y },
        },
      ],
    };
  };
  return {
    ...PLOT_BASE,
    title: { text: title, subtitle: ["mean over prompts, 95 % interval; ticks: single values"] },
    concat: panels.map(column),
    columns: COLUMNS,
    spacing: 16,
  } as unknown as TopLevelSpec;
}
