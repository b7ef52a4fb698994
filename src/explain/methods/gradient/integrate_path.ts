import { integrateAdaptively } from "../../../attribution/adaptive.ts";
import { integrateFixed } from "../../../attribution/integrated_gradients.ts";
import type { PathIntegral } from "../../../attribution/path_function.ts";
import type { QuadratureName } from "../../../attribution/quadrature.ts";
import type { OpenObjective } from "../../open_objective.ts";

/** Options of the integral along a path. */
interface PathQuadrature {
  readonly quadrature: QuadratureName;
  readonly steps: number;
  readonly tolerance: number;
  /** Most points of the adaptive rule. */
  readonly budget: number;
  readonly tokens: boolean;
  readonly perTarget: boolean;
}

/** Integrates along one path by the quadrature of the options. */
export async function integratePath(
  objective: OpenObjective,
  { quadrature, tolerance, budget, tokens, steps, perTarget }: PathQuadrature,
  ends: Parameters<OpenObjective["path"]>[0],
): Promise<PathIntegral> {
  const path = await objective.path(ends);
  const gradient = tokens ? "token" : "sequence";
  return quadrature === "adaptive"
    ? await integrateAdaptively(path, { tolerance, budget, gradient })
    : await integrateFixed(path, quadrature, steps, gradient, { perTarget });
}
