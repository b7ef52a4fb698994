import { sampleShapley } from "../../../perturbation/sampled_shapley.ts";
import { callBudget, pairs, PERTURBATION_OPTIONS, SAMPLED_OPTIONS } from "../../options/sampling_options.ts";
import { method } from "../method.ts";
import { perturb } from "./perturb.ts";

/** Shapley values from random orders and their reverses. */
export const shapleySampled = method({
  name: "shapley-sampled",
  title: "Shapley values, sampled",
  family: "perturbation",
  yields: "additive",
  cost: "2 (N − 1) model calls a pair of orders, 1000 in all",
  purpose: "Shapley values of any number of units, with standard errors",
  source: "Castro, Gómez & Tejada 2009; Mitchell et al. 2022",
  options: { ...PERTURBATION_OPTIONS, ...SAMPLED_OPTIONS, budget: callBudget(1000), pairs },
  run: (subject, options) =>
    perturb(
      subject,
      options,
      (scorer, { seed, standardError, of, pairs }) =>
        sampleShapley(scorer, { seed, of, standardError: standardError ?? undefined, pairs: pairs ?? undefined }),
    ),
});
