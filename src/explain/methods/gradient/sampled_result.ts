import type { GradientSampling, SampledGradients } from "../../../attribution/sampled_gradients.ts";
import { studentQuantile, UPPER_95 } from "../../../statistics/student_t.ts";
import type { Judged } from "../../judged.ts";
import { gradientBudget, seed, standardError } from "../../options/sampling_options.ts";
import type { PreparedText } from "../../prepare_text.ts";
import { attributedPositions } from "./around_prompt.ts";
import { byUnits, isByToken, type ResultForm } from "./judge_integral.ts";

/** Options of gradients that are averaged over draws, with so many path points by default. */
export function sampledOptions(budget: number) {
  return { budget: gradientBudget(budget), seed, standardError: { ...standardError } };
}

/** Values of `sampledOptions` beside the form of the result. */
export interface SampledRun extends ResultForm {
  readonly budget: number;
  readonly seed: number;
  readonly standardError: number | null;
}

/** Returns the options of the draws, at the block `layer` and with `noise` if the method has them. */
export function samplingOf(
  text: PreparedText,
  { seed, budget, standardError, tokens }: SampledRun,
  { layer = 0, noise }: { readonly layer?: number; readonly noise: number },
): GradientSampling {
  return {
    seed,
    budget,
    standardError: standardError ?? undefined,
    gradient: tokens ? "token" : "sequence",
    attributed: attributedPositions(text, layer),
    noise,
    byUnits: isByToken(text) ? undefined : (values) => byUnits(values, text),
  };
}

/** Judges a mean over draws. `baseline` is null where the attributions are no parts of a change of the score. */
export function judgeSampled(
  { mean, standardError, samples, stopped, input, pathPoints }: SampledGradients,
  baseline: Float64Array | null,
  text: PreparedText,
  { tokens }: ResultForm,
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
    unitLevel: isByToken(text) ? null : {
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
