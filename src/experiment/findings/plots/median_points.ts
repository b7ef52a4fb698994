import { quantile } from "../../../statistics/quantile.ts";
import type { CompletenessPoint } from "../../../report/plot/completeness_plot.ts";
import { FEW_CELLS } from "../../run/cell.ts";

/** Returns points as they are if they are few; else the median over prompts of each path, rule and number of points. */
export function medianPoints(points: readonly CompletenessPoint[]): CompletenessPoint[] {
  if (points.length <= FEW_CELLS) return [...points];
  const isAdaptive = ({ quadrature }: CompletenessPoint) => quadrature === "adaptive";
  const groups = Map.groupBy(
    points,
    (point) => JSON.stringify([point.path, point.quadrature, isAdaptive(point) ? "" : point.points]),
  );
  const prompts = new Set(points.map(({ prompt }) => prompt)).size;
  const median = (values: readonly number[]) => quantile(values, 0.5);
  return [...groups.values()].map((members) => {
    const bounds = members.flatMap(({ certificate }) => certificate ?? []);
    return {
      ...members[0],
      // One facet of prompts has no name.
      prompt: "all",
      path: `${members[0].path}, median of ${prompts} prompts`,
      points: median(members.map((one) => one.points)),
      relative: median(members.map(({ relative }) => relative)),
      certificate: bounds.length === 0 ? null : median(bounds),
    };
  });
}
