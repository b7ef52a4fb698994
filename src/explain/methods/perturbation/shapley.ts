import { exactShapley } from "../../../perturbation/exact_shapley.ts";
import { callBudget, DRAW_OPTIONS, PERTURBATION_OPTIONS } from "../../options/sampling_options.ts";
import { method } from "../method.ts";
import { perturb } from "./perturb.ts";

/** Shapley values, exactly. */
export const shapley = method({
  name: "shapley",
  title: "Shapley values",
  family: "perturbation",
  yields: "additive",
  cost: "2^N model calls, N ≤ 16",
  calls: (units) => 2 ** Math.min(units, 16),
  purpose: "the fair share of each of a few units, exactly",
  source: "Shapley 1953",
  options: { ...PERTURBATION_OPTIONS, ...DRAW_OPTIONS, budget: callBudget(null) },
  run: (subject, options) => perturb(subject, options, (scorer) => exactShapley(scorer)),
});
