import { sampleOwen } from "../../../perturbation/owen.ts";
import { callBudget, pairs, PERTURBATION_OPTIONS, SAMPLED_OPTIONS } from "../../options/sampling_options.ts";
import { method } from "../method.ts";
import { hierarchy, unitTree } from "./owen.ts";
import { perturb } from "./perturb.ts";

/** Owen values from random orders that keep groups together. */
export const owenSampled = method({
  name: "owen-sampled",
  title: "Owen values, sampled",
  family: "perturbation",
  yields: "additive",
  cost: "2 (N − 1) model calls a pair of orders, 1000 in all",
  purpose: "Owen values of long prompts, with standard errors",
  source: "Owen 1977; Mitchell et al. 2022",
  options: { ...PERTURBATION_OPTIONS, ...SAMPLED_OPTIONS, budget: callBudget(1000), pairs, hierarchy },
  run: (subject, options) => {
    const tree = unitTree(subject.text, options);
    return perturb(
      subject,
      options,
      (scorer, { seed, standardError, of, pairs }) =>
        sampleOwen(scorer, { seed, of, standardError: standardError ?? undefined, pairs: pairs ?? undefined, tree }),
    );
  },
});
