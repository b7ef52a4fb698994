import { integrateAdaptively } from "../../../attribution/adaptive.ts";
import { integrateFixed } from "../../../attribution/integrated_gradients.ts";
import type { PathIntegral } from "../../../attribution/path_function.ts";
import type { QuadratureName } from "../../../attribution/quadrature.ts";
import type { Subject } from "../method.ts";

/** Options of the integral along a path. */
interface PathQuadrature {
  readonly quadrature: QuadratureName;
  readonly steps: number;
  readonly tolerance: number;
  /** Most points of the adaptive rule. */
  readonly budget: number;
  readonly tokens: boolean;
  readonly perTarget: boolean;
  /** Not null if what passes through each part of the network is wanted, too. */
  readonly inside?: string | null;
}

/** Integrand of a path, and a listener for adaptive quadrature. */
type Integrand = Pick<Subject, "objective" | "onRound">;

/** Integrates along one path by the quadrature of the options. */
export async function integratePath(
  { objective, onRound }: Integrand,
  { quadrature, tolerance, budget, tokens, steps, perTarget, inside: by = null }: PathQuadrature,
  ends: Parameters<Subject["objective"]["path"]>[0],
): Promise<PathIntegral> {
  const path = await objective.path(ends);
  const inside = by !== null;
  const gradient = tokens ? "token" : "sequence";
  return quadrature === "adaptive"
    ? await integrateAdaptively(path, { tolerance, budget, gradient, inside, onRound })
    : await integrateFixed(path, quadrature, steps, gradient, { perTarget, inside });
}
