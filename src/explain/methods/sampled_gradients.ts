import {
  type Baselines,
  expectedGradients,
  type GradientSampling,
  type SampledGradients,
  smoothGradients,
} from "../../attribution/sampled_gradients.ts";
import type { LanguageModel } from "../../model/model.ts";
import { studentQuantile, UPPER_95 } from "../../statistics/student_t.ts";
import type { Random } from "../../statistics/random.ts";
import { averagedBaselines, baselineRows, drawBaseline } from "../baseline_rows.ts";
import { isAveraged, sampledBaselines } from "../options/baseline_name.ts";
import type { Judged } from "../judged.ts";
import { byUnits, isByToken } from "./judge_integral.ts";
import { attributedPositions, openAroundPrompt } from "./local_gradients.ts";
import type { OpenObjective } from "../open_objective.ts";
import type { PreparedText } from "../prepare_text.ts";
import type { AttributionOptions } from "../options/attribution_options.ts";
import { normOfUnits } from "./unit_norm.ts";

/** The mean of saliencies around the prompt. */
export async function smoothGrad(
  objective: OpenObjective,
  text: PreparedText,
  options: AttributionOptions,
): Promise<Judged> {
  const points = await openAroundPrompt(objective, text, options.layer);
  const { norm } = options;
  const sampled = await smoothGradients(points, norm, {
    ...samplingOf(text, options),
    byUnits: isByToken(text, options.units) ? undefined : (values) => normOfUnits(values, text, norm),
  });
  return judge(sampled, null, text, options);
}

/** The mean of gradients around the prompt, times the prompt. */
export async function smoothGradXInput(
  objective: OpenObjective,
  text: PreparedText,
  options: AttributionOptions,
): Promise<Judged> {
  const points = await openAroundPrompt(objective, text, options.layer);
  return judge(await smoothGradients(points, null, samplingOf(text, options)), null, text, options);
}

/** Expected gradients and, where there is noise, GradientSHAP. */
export async function expectedGradient(
  objective: OpenObjective,
  text: PreparedText,
  options: AttributionOptions,
  model: LanguageModel,
): Promise<Judged> {
  const points = await openAroundPrompt(objective, text, 0);
  const baselines = await baselinesOf(model, text, options);
  const noise = options.method === "gradient-shap" ? options.noise : 0;
  const sampled = await expectedGradients(points, baselines, { ...samplingOf(text, options), noise });
  return judge(sampled, sampled.baseline, text, options);
}

/** The baselines that are named, or a new one each time. */
async function baselinesOf(
  model: LanguageModel,
  text: PreparedText,
  options: AttributionOptions,
): Promise<Baselines> {
  const { baseline } = options;
  const end = text.promptRows;
  if (sampledBaselines(baseline) !== null) {
    return (await averagedBaselines(model, text, options, end)).map((rows) => Float64Array.from(rows));
  }
  if (!isAveraged(baseline)) return [Float64Array.from(await baselineRows(model, text, baseline, end))];
  return async (random: Random) => Float64Array.from(await drawBaseline(model, text, baseline, end, random));
}

function samplingOf(text: PreparedText, options: AttributionOptions): GradientSampling {
  const { seed, budget, standardError, tokens, noise, units, layer } = options;
  return {
    seed,
    budget: budget!,
    standardError: standardError ?? undefined,
    gradient: tokens ? "token" : "sequence",
    attributed: attributedPositions(text, layer),
    noise,
    byUnits: isByToken(text, units) ? undefined : (values) => byUnits(values, text),
  };
}

/** @param baseline null where the attributions are no parts of a change of the score */
function judge(
  { mean, standardError, samples, stopped, input, pathPoints }: SampledGradients,
  baseline: Float64Array | null,
  text: PreparedText,
  { tokens, units }: AttributionOptions,
): Judged {
  const L = mean.sequence.length;
  const total = new Float64Array(input.length);
  mean.matrix.forEach((value, i) => total[Math.floor(i / L)] += value);
  return {
    input,
    baseline,
    total: tokens ? total : null,
    comparable: baseline !== null,
    tokenAttribution: tokens ? mean.matrix : null,
    sequenceAttribution: mean.sequence,
    standardError: standardError.sequence,
    unitLevel: isByToken(text, units) ? null : {
      attribution: tokens ? mean.unitMatrix : null,
      sequence: mean.unitSequence,
      standardError: standardError.unitSequence,
      entryError: null,
    },
    prefix: null,
    sampling: {
      calls: pathPoints,
      stopped,
      uncertainty: {
        standardError: tokens ? standardError.matrix : null,
        samples,
        degreesOfFreedom: samples - 1,
        halfWidth: studentQuantile(UPPER_95, samples - 1),
      },
    },
    surrogate: null,
    pathPoints,
    arithmeticFloor: null,
    certified: null,
  };
}
