import { integrateFixed } from "./integrated_gradients.ts";
import type { PathIntegral } from "./path_function.ts";
import { type GradientNorm, normOfRows, type PointFunction, straightPath } from "./point_function.ts";

/** Norms of the gradient at the prompt. */
export interface Saliency {
  /** Of the gradient of Σ_t φ_t, [L]. */
  readonly sequence: Float64Array;
  /** Of the gradient of each φ_t, [T L]; null if not wanted. */
  readonly matrix: Float64Array | null;
  /** φ_t, [T] */
  readonly input: Float64Array;
}

/**
 * Saliency: the norm of each token's gradient at the prompt. `l1` is the sum of magnitudes, as Captum's Saliency summed
 * over coordinates, `l2` the Euclidean norm, `sum` the signed sum. For the sequence it is the norm of the gradient of
 * the sum, which is at most the sum of the norms. The unit is that of φ for each unit of an embedding.
 *
 * Sources: Simonyan, Vedaldi & Zisserman, "Deep inside convolutional networks" (2014); Li, Chen, Hovy & Jurafsky,
 * "Visualizing and understanding neural models in NLP" (2016) for the Euclidean norm.
 *
 * @param matrix true also takes the norms of single targets, by T more reverse passes
 */
export async function saliency(points: PointFunction, norm: GradientNorm, matrix: boolean): Promise<Saliency> {
  const D = points.origin.length / points.tokens;
  const at = async (gradient: "sequence" | "token") => {
    const point = { at: points.origin, direction: null };
    const { score, gradient: [found] } = await points.evaluate([point], { tangent: false, gradient, products: false });
    return { score, norms: normOfRows(found, D, norm) };
  };
  const { score: [input], norms: sequence } = await at("sequence");
  return { sequence, matrix: matrix ? (await at("token")).norms : null, input };
}

/**
 * Input times gradient: Σ_d x_id ∂φ/∂x_id at the prompt, [L] or [T L], in the unit of φ. It is integrated gradients
 * from zero with one point, the prompt, and has the error of that: φ is not linear on the way.
 *
 * Source: Shrikumar, Greenside, Shcherbina & Kundaje, "Not just a black box" (2016).
 *
 * @param attributed [L], true for rows that are attributed; the others do not move
 */
export async function inputXGradient(
  points: PointFunction,
  attributed: readonly boolean[],
  gradient: "sequence" | "token",
): Promise<PathIntegral> {
  const D = points.origin.length / points.tokens;
  const start = points.origin.map((value, i) => attributed[Math.floor(i / D)] ? 0 : value);
  return await integrateFixed(straightPath(points, start, points.origin), "riemann-right", 1, gradient);
}
