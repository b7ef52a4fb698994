import { completenessPlot } from "../../../report/plot/completeness_plot.ts";
import type { ResultStore } from "../../run/result_store.ts";
import type { Comparison } from "../comparison/compare_cells.ts";
import { drawPlot } from "./draw_plot.ts";
import { medianPoints } from "./median_points.ts";
import { pathPoint } from "./path_point.ts";
import { usualFreeze } from "../row_words.ts";

/**
 * Draws the L1 distance from the reference against path points, for comparisons across steps that have one.
 *
 * @returns their names
 */
export async function plotDistances(
  store: ResultStore,
  comparisons: readonly Comparison[],
  name: string,
): Promise<string[]> {
  const drawn: string[] = [];
  for (const { name: comparison, hasReference, pairs } of comparisons) {
    const usual = usualFreeze(pairs.map(({ a }) => a));
    const points = !hasReference
      ? []
      : pairs.flatMap(({ a, agreement: { relativeDistance: relative } }) =>
        pathPoint(a, { usual, relative, certificate: a.sequence.certificate })
      );
    if (points.length === 0) continue;
    const spec = completenessPlot(medianPoints(points), `${name}: distance from the reference against path points`, {
      axis: "L1 distance",
      meaning: `Σ |attribution − reference| / Σ |reference|, sequence attribution; comparison ${comparison}`,
    });
    await drawPlot(store, `plots/distance-${comparison}`, spec);
    drawn.push(comparison);
  }
  return drawn;
}
