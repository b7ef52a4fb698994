import { saliency as saliencyAt } from "../../../attribution/local_gradients.ts";
import { layer, norm, tokens } from "../../options/path_options.ts";
import { method } from "../method.ts";
import { attributedPositions, openAroundPrompt } from "./around_prompt.ts";
import { isByToken } from "./judge_integral.ts";
import { normOfUnits } from "./unit_norm.ts";

/** Norms of the gradient at the prompt. */
export const saliency = method({
  name: "saliency",
  title: "Saliency",
  family: "gradient",
  yields: "norm",
  cost: "1 forward and 1 reverse pass",
  purpose: "says where a small change would matter most, not what any token contributed",
  source: "Simonyan, Vedaldi & Zisserman 2014",
  options: { tokens, layer, norm },
  async run({ objective, text }, { layer, norm, tokens }) {
    const L = text.promptIds.length;
    const attributed = attributedPositions(text, layer);
    const onlyAttributed = (values: Float64Array) => values.map((value, i) => attributed[i % L] ? value : 0);
    const found = await saliencyAt(await openAroundPrompt(objective, text, layer), norm, tokens);
    const sequence = onlyAttributed(found.sequence);
    const matrix = found.matrix && onlyAttributed(found.matrix);
    return {
      input: found.input,
      baseline: null,
      total: null,
      comparable: false,
      tokenAttribution: matrix,
      sequenceAttribution: sequence,
      standardError: null,
      unitLevel: isByToken(text) ? null : {
        attribution: matrix && normOfUnits(matrix, text, norm),
        sequence: normOfUnits(sequence, text, norm),
        standardError: null,
        entryError: null,
      },
      prefix: null,
      sampling: null,
      surrogate: null,
      pathPoints: 1,
      arithmeticFloor: null,
      certified: null,
    };
  },
});
