import { smoothGradients } from "../../../attribution/sampled_gradients.ts";
import { layer, noise, tokens } from "../../options/path_options.ts";
import { method } from "../method.ts";
import { openAroundPrompt } from "./around_prompt.ts";
import { judgeSampled, sampledOptions, samplingOf } from "./sampled_result.ts";

/** The mean of gradients around the prompt, times the prompt. */
export const smoothGradXInput = method({
  name: "smooth-grad-x-input",
  title: "SmoothGrad × input",
  family: "gradient",
  yields: "additive",
  incomplete: "gradients around the prompt",
  cost: "a forward and a reverse pass a point, 200 points",
  purpose: "input × gradient where gradients jump from one word to the next",
  source: "Smilkov et al. 2017",
  options: { tokens, ...sampledOptions(200), layer, noise },
  async run({ objective, text }, options) {
    const points = await openAroundPrompt(objective, text, options.layer);
    return judgeSampled(await smoothGradients(points, null, samplingOf(text, options, options)), null, text, options);
  },
});
