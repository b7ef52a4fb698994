import { PERTURBATION_METHODS, type PerturbationOptions } from "../../perturbation/perturbation_methods.ts";
import { isAveraged } from "./baseline_name.ts";
import { GRADIENT_USES, isGradientMethod } from "./gradient_options.ts";
import { type AttributionOptions, type MethodName, METHODS, type QuadratureName } from "./attribution_options.ts";

/** What decides whether an option has an effect. */
export interface MethodChoice {
  readonly method: MethodName;
  readonly quadrature: QuadratureName;
  readonly baseline: string;
  readonly scheme: string;
}

/** Options that a sweep may set, in the order in which tables show them. */
export const SWEEP_OPTIONS = [
  "objective",
  "baseline",
  "scheme",
  "units",
  "targetUnits",
  "quadrature",
  "steps",
  "tolerance",
  "budget",
  "tokens",
  "perTarget",
  "seed",
  "standardError",
  "of",
  "draws",
  "samples",
  "calls",
  "pairs",
  "window",
  "stride",
  "hierarchy",
  "kernelWidth",
  "ridge",
  "penalty",
  "heldOut",
  "link",
  "layer",
  "prefix",
  "norm",
  "noise",
  "neighbours",
  "strategy",
  "freeze",
] as const satisfies readonly (keyof AttributionOptions)[];

/** One of `SWEEP_OPTIONS`. */
export type SweepOption = typeof SWEEP_OPTIONS[number];

/** What some options need in order to have an effect, in words; the others need one of the methods that look at them. */
const NEEDS: Partial<Record<SweepOption, string>> = {
  scheme: "a perturbation method",
  baseline: "a gradient method along a path",
  tokens: "a gradient method",
  steps: "a quadrature with fixed steps or method discretized-integrated-gradients",
  perTarget: "a quadrature with fixed steps",
  tolerance: "quadrature adaptive",
  budget: "quadrature adaptive, sampled gradients or a perturbation method other than feature-ablation and occlusion",
  prefix: "method integrated-gradients and a baseline that is one row",
  draws: "scheme resample",
};

/** What an option needs in order to have an effect, in words. */
export function needsOf(option: SweepOption): string {
  const usual = { quadrature: "adaptive", baseline: "mean", scheme: "delete" } as const;
  const methods = METHODS.filter((method) => isRelevant(option, { ...usual, method }));
  const drawn = isRelevant(option, { ...usual, baseline: "random", method: "integrated-gradients" });
  const random = methods.includes("integrated-gradients") || !drawn ? "" : "baseline random or shuffle, or ";
  const resampled = isRelevant(option, { ...usual, scheme: "resample", method: "feature-ablation" });
  const resample = methods.includes("feature-ablation") || !resampled ? "" : "scheme resample, or ";
  return NEEDS[option] ?? `${random}${resample}method ${methods.join(", ")}`;
}

/** Options that draws of replacing tokens give every perturbation method. */
const OF_DRAWS: readonly SweepOption[] = ["seed", "draws", "standardError", "of"];

/** Whether the option has an effect on what is computed. */
export function isRelevant(option: SweepOption, { method, quadrature, baseline, scheme }: MethodChoice): boolean {
  if (option === "objective" || option === "freeze" || option === "units" || option === "targetUnits") return true;
  if (isGradientMethod(method)) {
    const uses = GRADIENT_USES[method];
    if (!uses.includes(option)) return false;
    if (uses.includes("quadrature")) {
      if (option === "steps" || option === "perTarget") return quadrature !== "adaptive";
      if (option === "tolerance" || option === "budget") return quadrature === "adaptive";
    }
    if (method !== "integrated-gradients") return true;
    if (option === "seed" || option === "samples") return isDrawn(baseline);
    // A prompt in its place says nothing of the target.
    return option !== "prefix" || !isAveraged(baseline) && !baseline.startsWith("text:");
  }
  if (option === "scheme") return true;
  if (OF_DRAWS.includes(option) && scheme === "resample") return true;
  if (method === "feature-ablation") return false;
  // The calls of occlusion are known beforehand.
  if (option === "budget") return method !== "occlusion";
  const uses = PERTURBATION_METHODS[method].uses;
  return uses.includes(option === "hierarchy" ? "tree" : option as keyof PerturbationOptions);
}

function isDrawn(baseline: string): boolean {
  return baseline === "random" || baseline === "shuffle";
}

/** Which choice keeps an option from having an effect: of the quadrature, the baseline or the scheme, or else of the method. */
export function culpritOf(option: SweepOption, choice: MethodChoice): keyof MethodChoice {
  const quadratures = ["adaptive", "gauss-legendre"] as const;
  if (quadratures.some((quadrature) => isRelevant(option, { ...choice, quadrature }))) return "quadrature";
  if (["random", "mean"].some((baseline) => isRelevant(option, { ...choice, baseline }))) return "baseline";
  // Options that methods have as well are missed for the method.
  return option === "draws" && !isGradientMethod(choice.method) ? "scheme" : "method";
}

/** The options that have an effect, with their values: what a cell's key and its row in a table are made of. */
export function relevantOptions(options: AttributionOptions): Partial<Record<SweepOption, unknown>> {
  const names = SWEEP_OPTIONS.filter((name) => isRelevant(name, options));
  return Object.fromEntries(names.map((name) => [name, options[name]]));
}
