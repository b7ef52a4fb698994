import { integrateFixed } from "../../../attribution/integrated_gradients.ts";
import { tokens } from "../../options/path_options.ts";
import { method } from "../method.ts";
import { judgeIntegral } from "./judge_integral.ts";

/** Layer-wise relevance propagation of the prompt's embeddings. */
export const attnLrp = method({
  name: "attn-lrp",
  title: "AttnLRP",
  family: "gradient",
  yields: "additive",
  cost: "1 path point, and a forward pass at zero embeddings",
  purpose: "layer-wise relevance propagation; its published form takes the objective logit",
  source: "Achtibat et al. 2024; Arras et al. 2025",
  options: { tokens },
  async run({ model, objective, text }, { tokens }) {
    const end = text.promptRows;
    const D = model.config.hiddenSize;
    const start = end.map((value, i) => text.frozen[Math.floor(i / D)] ? value : 0);
    const path = await objective.path({ start, end, rule: "attnLrp" });
    const gradient = tokens ? "token" : "sequence";
    const integral = await integrateFixed(path, "riemann-right", 1, gradient, { perTarget: false });
    return judgeIntegral(integral, objective, text, { tokens });
  },
  advise: () => [
    "Relevance does not sum to the change of the score: what softmax and biases absorb is the completeness error, which " +
    "--method secant does not have.",
  ],
});
