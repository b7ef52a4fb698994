import { integrateFixed } from "../../../attribution/integrated_gradients.ts";
import { baselineRows } from "../../baselines/baseline_rows.ts";
import { option } from "../../options/option.ts";
import { singleBaseline, tokens } from "../../options/path_options.ts";
import { oneOf } from "../../options/value_kind.ts";
import { method } from "../method.ts";
import { judgeIntegral } from "./judge_integral.ts";

/** Modified gradients at the prompt, times its difference from the baseline. */
export const gim = method({
  name: "gim",
  title: "GIM",
  family: "gradient",
  yields: "additive",
  cost: "1 path point, and a forward pass at the baseline",
  purpose: "gradients through softmax that sharp attention does not silence",
  source: "Edin et al. 2025",
  options: {
    tokens,
    baseline: singleBaseline,
    gates: option({
      kind: oneOf(["shared", "whole"]),
      default: "shared",
      help: "gradients of the two factors of an MLP's product: halved, or as they are (gim-explain 0.1.4)",
    }),
  },
  async run({ model, objective, text }, { baseline, gates, tokens }) {
    const end = text.promptRows;
    const start = await baselineRows(model, text, baseline, end);
    const path = await objective.path({ start, end, rule: gates === "whole" ? "gimWholeGates" : "gimHalvedGates" });
    const gradient = tokens ? "token" : "sequence";
    const integral = await integrateFixed(path, "riemann-right", 1, gradient, { perTarget: false });
    return judgeIntegral(integral, objective, text, { tokens });
  },
  advise: () => [
    "Modified gradients do not sum to the change of the score: the completeness error says how much is missing, and " +
    "--method secant has none.",
  ],
});
