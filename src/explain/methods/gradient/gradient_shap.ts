import { baseline, noise, tokens } from "../../options/path_options.ts";
import { method } from "../method.ts";
import { expectOverBaselines } from "./expected_gradients.ts";
import { sampledOptions } from "./sampled_result.ts";

/** Expected gradients with noise on the prompt. */
export const gradientShap = method({
  name: "gradient-shap",
  title: "GradientSHAP",
  family: "gradient",
  yields: "additive",
  cost: "a forward and a reverse pass a point, 1000 points",
  purpose: "compares with published GradientSHAP results",
  source: "Lundberg & Lee 2017; shap's GradientExplainer",
  options: { tokens, baseline, ...sampledOptions(1000), noise },
  run: (subject, options) => expectOverBaselines(subject, options, options.noise),
});
