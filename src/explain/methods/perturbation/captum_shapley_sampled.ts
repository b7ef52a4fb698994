import {
  CAPTUM_SAMPLES,
  captumShapleySampled as sampleAsCaptum,
} from "../../../perturbation/captum_shapley_sampled.ts";
import { callBudget, PERTURBATION_OPTIONS, samples, SEEDED_DRAW_OPTIONS } from "../../options/sampling_options.ts";
import { method } from "../method.ts";
import { perturb } from "./perturb.ts";

/** Captum's sampled Shapley values, draw by draw. */
export const captumShapleySampled = method({
  name: "captum-shapley-sampled",
  title: "Shapley values, sampled as Captum does",
  family: "perturbation",
  yields: "additive",
  cost: "2 + 25 (N − 1) model calls at most",
  purpose: "repeats Captum's ShapleyValueSampling (docs/captum.md)",
  source: "Captum 0.9",
  options: {
    ...PERTURBATION_OPTIONS,
    ...SEEDED_DRAW_OPTIONS,
    budget: callBudget(null),
    samples: samples(CAPTUM_SAMPLES, "Captum's n_samples: orders"),
  },
  run: (subject, options) => perturb(subject, options, (scorer, own) => sampleAsCaptum(scorer, own)),
});
