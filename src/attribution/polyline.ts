import type { PathIntegral } from "./path_function.ts";
import { addScaled } from "../statistics/sums.ts";
import type { PointFunction } from "./point_function.ts";

/**
 * Gradients along a path of straight segments, each by its starting point alone: Σ_k ∂φ/∂x(x^k) · (x^{k+1} − x^k). With
 * the points of `discretizedPath` these are discretized integrated gradients.
 *
 * Source: Sanyal & Ren, "Discretized integrated gradients for explaining language models" (2021), equation 3.
 *
 * @param corners x^0, x^1 …, from the baseline to the prompt, [L, D] each
 * @param gradient `sequence` attributes Σ_t φ_t (one reverse pass for each segment), `token` each φ_t (T of them)
 * @returns an attribution [L] or [T L] in the unit of φ
 * @throws {RangeError} if there are fewer than two corners
 */
export async function integratePolyline(
  points: PointFunction,
  corners: readonly Float64Array[],
  gradient: "sequence" | "token",
): Promise<PathIntegral> {
  if (corners.length < 2) {
    throw new RangeError(`Cannot integrate a polyline as it must have a segment: got ${corners.length} corners`);
  }
  const starts = corners.slice(0, -1).map((at, k) => ({ at, direction: corners[k + 1].map((x, i) => x - at[i]) }));
  const wants = { products: true, gradient, tangent: true };
  const { score, tangent, gradient: gradients } = await points.evaluate(starts, wants);
  const end = [{ at: corners[corners.length - 1], direction: null }];
  const { score: [input] } = await points.evaluate(end, { products: true, gradient: "none", tangent: false });
  const attribution = new Float64Array(gradients[0].length);
  const total = new Float64Array(input.length);
  for (const values of gradients) addScaled(attribution, 1, values);
  for (const slopes of tangent) addScaled(total, 1, slopes);
  return {
    attribution,
    total,
    input,
    baseline: score[0],
    pathPoints: corners.length,
    arithmeticFloor: null,
    certified: null,
  };
}
