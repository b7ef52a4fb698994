import { expectedGradients as expectGradients } from "../../../attribution/sampled_gradients.ts";
import { baseline, tokens } from "../../options/path_options.ts";
import type { Baseline } from "../../options/baseline.ts";
import type { Judged } from "../../judged.ts";
import { method, type Subject } from "../method.ts";
import { openAroundPrompt } from "./around_prompt.ts";
import { baselinesToDraw } from "./baselines_to_draw.ts";
import { judgeSampled, sampledOptions, type SampledRun, samplingOf } from "./sampled_result.ts";

/** Integrated gradients averaged over baselines and points at random. */
export const expectedGradients = method({
  name: "expected-gradients",
  title: "Expected gradients",
  family: "gradient",
  yields: "additive",
  cost: "a forward and a reverse pass a point, 1000 points",
  purpose: "averages over very many baselines; for few, integrated gradients of each are cheaper at equal error",
  source: "Erion et al. 2021",
  options: { tokens, baseline, ...sampledOptions(1000) },
  run: (subject, options) => expectOverBaselines(subject, options, 0),
});

/** Averages gradients over baselines, points on the paths from them and, where there is some, noise on the prompt. */
export async function expectOverBaselines(
  subject: Subject,
  options: SampledRun & { readonly baseline: Baseline },
  noise: number,
): Promise<Judged> {
  const { objective, text } = subject;
  const points = await openAroundPrompt(objective, text, 0);
  const baselines = await baselinesToDraw(subject, options.baseline);
  const sampled = await expectGradients(points, baselines, samplingOf(text, options, { noise }));
  return judgeSampled(sampled, sampled.baseline, text, options);
}
