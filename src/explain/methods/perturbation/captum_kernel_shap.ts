import { captumKernelShap as fitAsCaptum } from "../../../perturbation/captum_kernel_shap.ts";
import { CAPTUM_SAMPLES } from "../../../perturbation/captum_shapley_sampled.ts";
import { callBudget, PERTURBATION_OPTIONS, samples, SEEDED_DRAW_OPTIONS } from "../../options/sampling_options.ts";
import { method } from "../method.ts";
import { perturb } from "./perturb.ts";

/** Captum's KernelShap, draw by draw. */
export const captumKernelShap = method({
  name: "captum-kernel-shap",
  title: "Shapley values by Captum's KernelSHAP",
  family: "perturbation",
  yields: "additive",
  cost: "25 model calls",
  purpose: "repeats Captum's KernelShap (docs/captum.md)",
  source: "Captum 0.9",
  options: {
    ...PERTURBATION_OPTIONS,
    ...SEEDED_DRAW_OPTIONS,
    budget: callBudget(null),
    samples: samples(CAPTUM_SAMPLES, "Captum's n_samples: coalitions"),
  },
  run: (subject, options) => perturb(subject, options, (scorer, own) => fitAsCaptum(scorer, own)),
});
