import { discretizedPath, type WordEmbeddings } from "../../../attribution/discretized_path.ts";
import { integratePolyline } from "../../../attribution/polyline.ts";
import { baselineRows } from "../../baselines/baseline_rows.ts";
import { MOST_CALLS } from "../../options/bounds.ts";
import { option } from "../../options/option.ts";
import { singleBaseline, steps, tokens } from "../../options/path_options.ts";
import { oneOf, wholeNumber } from "../../options/value_kind.ts";
import { method } from "../method.ts";
import { openAroundPrompt } from "./around_prompt.ts";
import { judgeIntegral } from "./judge_integral.ts";

/** Discretized integrated gradients: all tokens go through words, each by a path of its own. */
export const discretizedIntegratedGradients = method({
  name: "discretized-integrated-gradients",
  title: "Discretized integrated gradients",
  family: "gradient",
  yields: "additive",
  cost: "two forward and a reverse pass a word, 50 words",
  purpose: "keeps the path near words, at the price of a certificate",
  source: "Sanyal & Ren 2021",
  options: {
    tokens,
    baseline: singleBaseline,
    steps,
    neighbours: option({
      kind: wholeNumber(1, MOST_CALLS),
      default: 500,
      help: "nearest words among which the next is chosen",
    }),
    strategy: option({
      kind: oneOf(["greedy", "max-count"]),
      default: "greedy",
      help: "the next word: the one moved least to be monotonic, or with most monotonic coordinates",
    }),
  },
  async run({ model, objective, text }, { steps, neighbours, strategy, baseline, tokens }) {
    const { hiddenSize: D, vocabularySize: V } = model.config;
    const points = await openAroundPrompt(objective, text, 0);
    const start = await baselineRows(model, text, baseline, text.promptRows);
    const rows = await model.embed(Array.from({ length: V }, (_, id) => id));
    const vocabulary: WordEmbeddings = { rows, hiddenSize: D };
    const corners = Array.from({ length: steps + 2 }, () => points.origin.slice());
    text.promptIds.forEach((id, i) => {
      if (text.frozen[i]) return;
      const own = start.slice(i * D, (i + 1) * D);
      const path = discretizedPath(vocabulary, id, own, { steps, neighbours: Math.min(neighbours, V), strategy });
      // The last point is the prompt itself.
      path.slice(0, -1).forEach((point, k) => corners[k].set(point, i * D));
    });
    const integral = await integratePolyline(points, corners, tokens ? "token" : "sequence");
    return judgeIntegral(integral, objective, text, { tokens });
  },
});
