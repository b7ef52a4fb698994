import type { TopLevelSpec } from "npm:vega-lite@6";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { CATEGORIES, INK, PLOT_BASE } from "./theme.ts";

const NAMES = ["deletion", "insertion"] as const;
const TITLES = { deletion: "units taken away", insertion: "units put back" } as const;

/** A record's deletion and insertion curves and those of random orders; null if it has none. */
export function removalPlot({ metrics, score: { unit } }: AttributionRecord): TopLevelSpec | null {
  const panels = NAMES.flatMap((name) => {
    const curve = metrics?.[name]?.curve;
    if (curve === undefined) return [];
    const values = curve.counts.map((count, k) => ({
      count,
      score: curve.scores[k],
      mean: curve.controlMean[k],
      low: curve.controlMean[k] - curve.controlDeviation[k],
      high: curve.controlMean[k] + curve.controlDeviation[k],
    }));
    const x = { field: "count", type: "quantitative", title: TITLES[name], axis: { tickMinStep: 1, grid: false } };
    const y = { type: "quantitative", title: `score (${unit})`, scale: { zero: false } };
    return [{
      data: { values },
      title: { text: name, fontSize: 11 },
      width: 280,
      height: 170,
      layer: [
        {
          mark: { type: "area", color: CATEGORIES[4], opacity: 0.25 },
          encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" } },
        },
        {
          mark: { type: "line", color: CATEGORIES[0], strokeDash: [4, 3] },
          encoding: { x, y: { ...y, field: "mean" } },
        },
        {
          mark: { type: "line", color: INK, point: { size: 22, filled: true } },
          encoding: { x, y: { ...y, field: "score" } },
        },
      ],
    }];
  });
  if (panels.length === 0) return null;
  return {
    ...PLOT_BASE,
    title: {
      text: "Score while units go or come, the largest attribution first",
      subtitle: ["dashed: mean of random orders, shaded by their standard deviation"],
    },
    hconcat: panels,
  } as unknown as TopLevelSpec;
}
