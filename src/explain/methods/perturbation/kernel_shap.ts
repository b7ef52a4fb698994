import { kernelShap as fitKernelShap } from "../../../perturbation/kernel_shap.ts";
import { MOST_CALLS } from "../../options/bounds.ts";
import { optional } from "../../options/option.ts";
import { callBudget, PERTURBATION_OPTIONS, SAMPLED_OPTIONS } from "../../options/sampling_options.ts";
import { wholeNumber } from "../../options/value_kind.ts";
import { method } from "../method.ts";
import { perturb } from "./perturb.ts";

/** Shapley values by weighted least squares over coalitions. */
export const kernelShap = method({
  name: "kernel-shap",
  title: "Shapley values by KernelSHAP",
  family: "perturbation",
  yields: "additive",
  cost: "2 N + 2048 model calls",
  purpose: "Shapley values where few calls must do; exact with 2^N of them",
  source: "Lundberg & Lee 2017; Covert & Lee 2021",
  options: {
    ...PERTURBATION_OPTIONS,
    ...SAMPLED_OPTIONS,
    budget: callBudget(null),
    calls: optional({
      kind: wholeNumber(2, MOST_CALLS),
      usual: "2 × units + 2048",
      help: "model calls to spend",
    }),
  },
  run: (subject, options) =>
    perturb(
      subject,
      options,
      (scorer, { seed, standardError, of, calls }) =>
        fitKernelShap(scorer, { seed, of, standardError: standardError ?? undefined, calls: calls ?? undefined }),
    ),
});
