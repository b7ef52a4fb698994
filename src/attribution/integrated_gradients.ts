import type { PathFunction, PathIntegral } from "./path_function.ts";
import { addScaled, distance, rowSums, sum, weightedSum } from "../statistics/sums.ts";
import { type FixedQuadratureName, quadratureRule } from "./quadrature.ts";

/**
 * Integrated gradients by a fixed rule: Σ_k w_k ∂φ/∂x(α_k) · (x − x′).
 *
 * Source: Sundararajan, Taly & Yan, "Axiomatic attribution for deep networks" (2017), equation 1.
 *
 * @param gradient `sequence` attributes Σ_t φ_t (one reverse pass for each point), `token` each φ_t (T of them)
 * @param options.perTarget true (default) also takes a forward-mode tangent at each point. It gives each target's total
 * if the attribution is of the sum, and the arithmetic floor. Without it both are null, except the totals of a matrix,
 * which are its own sums
 * @param options.inside true also integrates what passes through each part of the network, by tangents
 * @returns an attribution [L] or [T L] in the unit of φ
 * @throws {RangeError} if `steps` is too small for the rule
 */
export async function integrateFixed(
  path: PathFunction,
  name: FixedQuadratureName,
  steps: number,
  gradient: "sequence" | "token",
  { perTarget = true, inside = false }: { readonly perTarget?: boolean; readonly inside?: boolean } = {},
): Promise<PathIntegral> {
  const { nodes, weights } = quadratureRule(name, steps);
  const ends = [0, 1].filter((alpha) => !nodes.includes(alpha));
  const [samples, outer] = await Promise.all([
    path.evaluate(nodes, { tangent: perTarget || inside, gradient, inside }),
    path.evaluate(ends, { tangent: false, gradient: "none" }),
  ]);
  const scoreAt = (alpha: number) => samples.score[nodes.indexOf(alpha)] ?? outer.score[ends.indexOf(alpha)];
  const attribution = new Float64Array(gradient === "token" ? path.targets * path.tokens : path.tokens);
  const slopes = new Float64Array(path.targets);
  let disagreement = 0;
  weights.forEach((weight, k) => {
    addScaled(attribution, weight, samples.gradient[k]);
    if (!perTarget) return;
    addScaled(slopes, weight, samples.tangent[k]);
    disagreement += Math.abs(weight * (sum(samples.tangent[k]) - sum(samples.gradient[k])));
  });
  const total = gradient === "token" ? rowSums(attribution, path.tokens) : perTarget ? slopes : null;
  const input = scoreAt(1);
  const baseline = scoreAt(0);
  const gap = distance(input, baseline);
  return {
    attribution,
    total,
    ...(inside ? { inside: weightedSum(weights, samples.inside!) } : {}),
    input,
    baseline,
    pathPoints: nodes.length + ends.length,
    arithmeticFloor: gap === 0 || !perTarget ? null : disagreement / gap,
    certified: null,
  };
}
