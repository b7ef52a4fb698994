import type { SweepOption } from "./relevance.ts";

/** Methods that differentiate. */
export const GRADIENT_METHOD_NAMES = [
  "integrated-gradients",
  "input-x-gradient",
  "saliency",
  "smooth-grad",
  "smooth-grad-x-input",
  "expected-gradients",
  "gradient-shap",
  "sequential-integrated-gradients",
  "discretized-integrated-gradients",
] as const;

/** One of `GRADIENT_METHOD_NAMES`. */
export type GradientMethodName = typeof GRADIENT_METHOD_NAMES[number];

/** Whether the target's own tokens move along a path. */
export const PREFIXES = ["fixed", "interpolated"] as const;
/** How a token's partial derivatives become one number. */
export const NORMS = ["l2", "l1", "sum"] as const;
/** How discretized integrated gradients choose the next word. */
export const STRATEGIES = ["greedy", "max-count"] as const;

/** Options of a quadrature; some of them only with some rules (relevance.ts). */
const QUADRATURE = ["quadrature", "steps", "perTarget", "tolerance", "budget"] as const;
const SAMPLING = ["budget", "seed", "standardError"] as const;

/** The options that each looks at beside those that all have. */
export const GRADIENT_USES: Readonly<Record<GradientMethodName, readonly SweepOption[]>> = {
  "integrated-gradients": ["tokens", "baseline", ...QUADRATURE, "seed", "samples", "layer", "prefix"],
  "input-x-gradient": ["tokens", "layer"],
  saliency: ["tokens", "layer", "norm"],
  "smooth-grad": ["tokens", "layer", "norm", "noise", ...SAMPLING],
  "smooth-grad-x-input": ["tokens", "layer", "noise", ...SAMPLING],
  "expected-gradients": ["tokens", "baseline", ...SAMPLING],
  "gradient-shap": ["tokens", "baseline", "noise", ...SAMPLING],
  "sequential-integrated-gradients": ["tokens", "baseline", ...QUADRATURE],
  "discretized-integrated-gradients": ["tokens", "baseline", "steps", "neighbours", "strategy"],
};

/** Whether a method differentiates. */
export function isGradientMethod(method: string): method is GradientMethodName {
  return (GRADIENT_METHOD_NAMES as readonly string[]).includes(method);
}

/** Whether a method takes one baseline alone, not an average over drawn ones. */
export function takesOneBaseline(method: string): boolean {
  return method === "sequential-integrated-gradients" || method === "discretized-integrated-gradients";
}
