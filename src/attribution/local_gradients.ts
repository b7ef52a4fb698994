import { integrateFixed } from "./integrated_gradients.ts";
import type { PathIntegral } from "./path_function.ts";
import { type GradientNorm, normOfRows, type PointFunction, straightPath } from "./point_function.ts";

/** Norms of the gradient at the prompt. */
export interface Saliency {
  /** Of the gradient of Σ_t φ_t, [L]. */
  readonly sequence: Float64Array;
  /** Of the gradient of each φ_t, [T L]; null where not wanted. */
  readonly matrix: Float64Array | null;
  /** φ_t, [T] */
  readonly input: Float64Array;
}

/**
 * Saliency: the gradient at the prompt, a number a token (Simonyan, Vedaldi & Zisserman 2014). `l1` is the sum of
 * magnitudes, what Captum's Saliency gives once its coordinates are summed, `l2` the Euclidean norm (Li, Chen, Hovy &
 * Jurafsky 2016), `sum` the signed sum. Of the sequence it is the norm of the gradient of the sum, which is at most the sum of
 * the norms.
 *
 * @param matrix whether those of single targets are wanted: T reverse passes more
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
 * Input times gradient (Shrikumar, Greenside, Shcherbina & Kundaje 2016): Σ_d x_id ∂φ/∂x_id at the prompt. It is integrated
 * gradients from zero with one point, the prompt, and is judged as such: its error is how far φ is from linear on the way.
 *
 * @param attributed [L], which rows count; the others stay on that way
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
