import { smoothGradients } from "../../../attribution/sampled_gradients.ts";
import { layer, noise, norm, tokens } from "../../options/path_options.ts";
import { method } from "../method.ts";
import { openAroundPrompt } from "./around_prompt.ts";
import { isByToken } from "./judge_integral.ts";
import { judgeSampled, sampledOptions, samplingOf } from "./sampled_result.ts";
import { normOfUnits } from "./unit_norm.ts";

/** The mean of saliencies around the prompt. */
export const smoothGrad = method({
  name: "smooth-grad",
  title: "SmoothGrad",
  family: "gradient",
  yields: "norm",
  cost: "a forward and a reverse pass a point, 200 points",
  purpose: "saliency where gradients jump from one word to the next",
  source: "Smilkov et al. 2017",
  options: { tokens, ...sampledOptions(200), layer, norm, noise },
  async run({ objective, text }, options) {
    const { layer, norm } = options;
    const points = await openAroundPrompt(objective, text, layer);
    const sampled = await smoothGradients(points, norm, {
      ...samplingOf(text, options, options),
      byUnits: isByToken(text) ? undefined : (values) => normOfUnits(values, text, norm),
    });
    return judgeSampled(sampled, null, text, options);
  },
});
