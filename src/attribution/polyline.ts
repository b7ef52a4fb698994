import { addScaled, type PathFunction, type PathIntegral } from "./path_function.ts";

/**
 * Gradients along a path of straight segments, each by its starting point alone: Σ_k ∂φ/∂x(x^k) · (x^{k+1} − x^k). With the
 * points of discretizedPath() these are discretized integrated gradients (Sanyal & Ren 2021, equation 3).
 *
 * @param segments each from x^k to x^{k+1}; the next starts where the last ends
 * @param gradient whether to attribute Σ_t φ_t (one reverse pass a segment) or each φ_t (T of them)
 * @throws {RangeError} without a segment
 */
export async function integratePolyline(
  segments: readonly PathFunction[],
  gradient: "sequence" | "token",
): Promise<PathIntegral> {
  if (segments.length === 0) throw new RangeError("Cannot integrate a polyline as it must have a segment: got none");
  const starts = await Promise.all(segments.map((segment) => segment.evaluate([0], { tangent: true, gradient })));
  const { score: [input] } = await segments[segments.length - 1].evaluate([1], { tangent: false, gradient: "none" });
  const attribution = new Float64Array(starts[0].gradient[0].length);
  const total = new Float64Array(input.length);
  for (const { gradient: [values], tangent: [slopes] } of starts) {
    addScaled(attribution, 1, values);
    addScaled(total, 1, slopes);
  }
  return {
    attribution,
    total,
    input,
    baseline: starts[0].score[0],
    pathPoints: segments.length + 1,
    arithmeticFloor: null,
    certified: null,
  };
}
