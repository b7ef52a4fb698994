import { attributeBySecants } from "../../../attribution/secant.ts";
import { baselineRows } from "../../baselines/baseline_rows.ts";
import { MOST_STEPS } from "../../options/bounds.ts";
import { option } from "../../options/option.ts";
import { layer, singleBaseline, tokens } from "../../options/path_options.ts";
import { oneOf, wholeNumber } from "../../options/value_kind.ts";
import { method } from "../method.ts";
import { judgeIntegral } from "./judge_integral.ts";

/** Finite differences between the baseline and the prompt, taken back through the model. */
export const secant = method({
  name: "secant",
  title: "Secant",
  family: "gradient",
  yields: "additive",
  cost: "two forward passes and a reverse one; a reverse one more a target token for the matrix",
  purpose: "exact sums at the cost of a gradient: shares the whole change between baseline and prompt, in one step",
  source: "after Shrikumar, Greenside & Kundaje 2017 (DeepLIFT)",
  options: {
    tokens,
    baseline: singleBaseline,
    layer,
    steps: option({
      kind: wholeNumber(1, MOST_STEPS),
      default: 1,
      help: "parts of the path, each shared by itself; many of them approach integrated gradients",
    }),
    products: option({
      kind: oneOf(["symmetric", "ordered"]),
      default: "symmetric",
      help: "the change of a product ab: by the means of both factors, or a₁Δb + Δa b₀",
    }),
  },
  async run({ model, objective, text }, { baseline, layer, steps, products, tokens }) {
    const end = text.promptRows;
    const start = await baselineRows(model, text, baseline, end);
    const found = await objective.secant({ start, end, layer, ordered: products === "ordered" });
    const integral = await attributeBySecants(found, steps, tokens ? "token" : "sequence");
    return judgeIntegral(integral, objective, text, { tokens });
  },
});
