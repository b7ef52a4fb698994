import { discretizedPath, type Vocabulary } from "../../attribution/discretized_path.ts";
import { integratePolyline } from "../../attribution/polyline.ts";
import type { LanguageModel } from "../../model/model.ts";
import { baselineRows, requireOneBaseline } from "../baseline_rows.ts";
import type { Judged } from "../judged.ts";
import { judgeIntegral } from "./judge_integral.ts";
import { openAroundPrompt } from "./local_gradients.ts";
import type { OpenObjective } from "../open_objective.ts";
import type { PreparedText } from "../prepare_text.ts";
import type { AttributionOptions } from "../options/attribution_options.ts";

/** Discretized integrated gradients: all tokens go through words, each by a path of its own. */
export async function discretizedGradients(
  objective: OpenObjective,
  text: PreparedText,
  options: AttributionOptions,
  model: LanguageModel,
): Promise<Judged> {
  requireOneBaseline(options.method, options.baseline);
  const { hiddenSize: D, vocabularySize: V } = model.config;
  const { steps, neighbours, strategy } = options;
  const points = await openAroundPrompt(objective, text, 0);
  const start = await baselineRows(model, text, options.baseline, text.promptRows);
  const rows = await model.embed(Array.from({ length: V }, (_, id) => id));
  const vocabulary: Vocabulary = { rows, hiddenSize: D };
  const corners = Array.from({ length: steps + 2 }, () => points.origin.slice());
  text.promptIds.forEach((id, i) => {
    if (text.frozen[i]) return;
    const baseline = start.slice(i * D, (i + 1) * D);
    const path = discretizedPath(vocabulary, id, baseline, { steps, neighbours: Math.min(neighbours, V), strategy });
    // The last point is the prompt itself.
    path.slice(0, -1).forEach((point, k) => corners[k].set(point, i * D));
  });
  const integral = await integratePolyline(points, corners, options.tokens ? "token" : "sequence");
  return judgeIntegral(integral, objective, text, options);
}
