import { inputXGradient as inputXGradientAt } from "../../../attribution/local_gradients.ts";
import { layer, tokens } from "../../options/path_options.ts";
import { method } from "../method.ts";
import { attributedPositions, openAroundPrompt } from "./around_prompt.ts";
import { judgeIntegral } from "./judge_integral.ts";

/** Input × gradient at the prompt. */
export const inputXGradient = method({
  name: "input-x-gradient",
  title: "Input × gradient",
  family: "gradient",
  yields: "additive",
  cost: "1 path point",
  purpose: "a first look: one forward and one reverse; its sum is held against the score at zero embeddings",
  source: "Shrikumar et al. 2016",
  options: { tokens, layer },
  async run({ objective, text }, { layer, tokens }) {
    const points = await openAroundPrompt(objective, text, layer);
    const integral = await inputXGradientAt(points, attributedPositions(text, layer), tokens ? "token" : "sequence");
    return judgeIntegral(integral, objective, text, { tokens });
  },
});
