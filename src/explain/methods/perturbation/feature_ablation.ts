import { occlude } from "../../../perturbation/occlusion.ts";
import { DRAW_OPTIONS, PERTURBATION_OPTIONS } from "../../options/sampling_options.ts";
import { method } from "../method.ts";
import { perturb } from "./perturb.ts";

/** Leaves one unit out at a time. */
export const featureAblation = method({
  name: "feature-ablation",
  title: "Feature ablation",
  word: "ablation",
  family: "perturbation",
  yields: "additive",
  looseParts: "ablations",
  cost: "N + 2 model calls",
  purpose: "tells what the score loses without a unit, all others kept",
  source: "leave-one-out; Captum's FeatureAblation",
  options: { ...PERTURBATION_OPTIONS, ...DRAW_OPTIONS },
  run: (subject, options) => perturb(subject, options, (scorer) => occlude(scorer)),
});
