import { lime as fitLime } from "../../../perturbation/lime.ts";
import { option } from "../../options/option.ts";
import { callBudget, PERTURBATION_OPTIONS, samples, SEEDED_DRAW_OPTIONS } from "../../options/sampling_options.ts";
import { ABOVE_0 } from "../../options/value_kind.ts";
import { method } from "../method.ts";
import { perturb } from "./perturb.ts";
import { surrogateAdvice } from "./surrogate_advice.ts";

/** A ridge regression near the whole prompt. */
export const lime = method({
  name: "lime",
  title: "LIME",
  family: "perturbation",
  yields: "surrogate",
  cost: "1000 model calls",
  purpose: "compares with published LIME results; its weights depend on the kernel and the ridge",
  source: "Ribeiro, Singh & Guestrin 2016; lime 0.2",
  options: {
    ...PERTURBATION_OPTIONS,
    ...SEEDED_DRAW_OPTIONS,
    budget: callBudget(null),
    samples: samples(1000, "coalitions to fit"),
    kernelWidth: option({
      kind: ABOVE_0,
      default: 0.25,
      help: "σ of the kernel; 0.25 is lime's text explainer, 1 Captum's",
    }),
    ridge: option({ kind: ABOVE_0, default: 1, help: "α of the ridge" }),
  },
  advise: surrogateAdvice,
  run: (subject, options) => perturb(subject, options, (scorer, own) => fitLime(scorer, own)),
});
