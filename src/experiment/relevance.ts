import type { AttributionOptions, MethodName, QuadratureName } from "./request.ts";

/** What decides whether an option has an effect. */
export interface MethodChoice {
  readonly method: MethodName;
  readonly quadrature: QuadratureName;
}

/** Options that a sweep may set, in the order in which tables show them. */
export const SWEEP_OPTIONS = [
  "objective",
  "baseline",
  "scheme",
  "quadrature",
  "steps",
  "tolerance",
  "budget",
  "tokens",
  "perTarget",
  "freeze",
] as const satisfies readonly (keyof AttributionOptions)[];

/** One of `SWEEP_OPTIONS`. */
export type SweepOption = typeof SWEEP_OPTIONS[number];

/** What an option needs in order to have an effect, in words, or null where it always has one. */
export const NEEDS: Record<SweepOption, string | null> = {
  objective: null,
  baseline: "method integrated-gradients",
  scheme: "method feature-ablation",
  quadrature: "method integrated-gradients",
  steps: "a quadrature with fixed steps",
  tolerance: "quadrature adaptive",
  budget: "quadrature adaptive",
  // An ablation gives the matrix in any case.
  tokens: "method integrated-gradients",
  perTarget: "a quadrature with fixed steps",
  freeze: null,
};

/** Whether the option has an effect on what is computed. */
export function isRelevant(option: SweepOption, { method, quadrature }: MethodChoice): boolean {
  const path = method === "integrated-gradients";
  switch (option) {
    case "baseline":
    case "quadrature":
    case "tokens":
      return path;
    case "scheme":
      return method === "feature-ablation";
    case "steps":
    case "perTarget":
      return path && quadrature !== "adaptive";
    case "tolerance":
    case "budget":
      return path && quadrature === "adaptive";
    case "objective":
    case "freeze":
      return true;
  }
}

/** The options that have an effect, with their values: what a cell's key and its row in a table are made of. */
export function relevantOptions(options: AttributionOptions): Partial<Record<SweepOption, unknown>> {
  const names = SWEEP_OPTIONS.filter((name) => isRelevant(name, options));
  return Object.fromEntries(names.map((name) => [name, options[name]]));
}
