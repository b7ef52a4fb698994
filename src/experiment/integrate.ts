import { integrateAdaptively } from "../attribution/adaptive.ts";
import { averageIntegrals, standardErrors } from "../attribution/averaged_integral.ts";
import { integrateFixed } from "../attribution/integrated_gradients.ts";
import type { PathIntegral } from "../attribution/path_function.ts";
import { sumTargets } from "../metrics/completeness.ts";
import type { LanguageModel } from "../model/model.ts";
import { studentQuantile, UPPER_95 } from "../statistics/student_t.ts";
import { aggregate } from "../units/aggregate.ts";
import { averagedBaselines, baselineRows } from "./baseline.ts";
import { isAveraged } from "./baseline_name.ts";
import type { Judged, Sampling } from "./build_record.ts";
import type { OpenObjective } from "./objective.ts";
import type { PreparedText } from "./prepare_text.ts";
import type { AttributionOptions } from "./request.ts";

/** Integrated gradients from the baseline to the prompt, or their mean over several baselines, which share the budget. */
export async function integratedGradients(
  model: LanguageModel,
  objective: OpenObjective,
  text: PreparedText,
  options: AttributionOptions,
): Promise<Judged> {
  if (options.quadrature === "adaptive" && !options.perTarget) {
    throw new RangeError("Cannot integrate adaptively as perTarget must be true: got false");
  }
  const end = text.promptRows;
  if (!isAveraged(options.baseline)) {
    const start = await baselineRows(model, text, options.baseline, end);
    return judge(await integrate(objective, options, { start, end }), text, options);
  }
  const draws: PathIntegral[] = [];
  const starts = await averagedBaselines(model, text, options, end);
  for (const start of starts) {
    const budget = Math.floor(options.budget! / starts.length);
    draws.push(await integrate(objective, { ...options, budget }, { start, end }));
  }
  const { standardError, ...mean } = averageIntegrals(draws, options.tolerance);
  return { ...judge(mean, text, options), ...errorsOf(draws, standardError, text, options) };
}

async function integrate(
  objective: OpenObjective,
  { quadrature, tolerance, budget, tokens, steps, perTarget }: AttributionOptions,
  ends: { readonly start: Float32Array; readonly end: Float32Array },
): Promise<PathIntegral> {
  const path = await objective.path(ends);
  const gradient = tokens ? "token" : "sequence";
  return quadrature === "adaptive"
    ? await integrateAdaptively(path, { tolerance, budget: budget!, gradient })
    : await integrateFixed(path, quadrature, steps, gradient, { perTarget });
}

function judge(result: PathIntegral, text: PreparedText, options: AttributionOptions): Judged {
  const L = text.promptIds.length;
  const sequenceAttribution = options.tokens ? sumTargets(result.attribution, L) : result.attribution;
  const hasEntryErrors = result.certified !== null && !options.tokens;
  return {
    ...result,
    comparable: true,
    tokenAttribution: options.tokens ? result.attribution : null,
    sequenceAttribution,
    standardError: null,
    unitLevel: isByToken(text, options) ? null : {
      attribution: options.tokens ? byUnits(result.attribution, text) : null,
      sequence: byUnits(sequenceAttribution, text),
      standardError: null,
      entryError: hasEntryErrors ? byUnits(result.certified!.entryError, text) : null,
    },
    sampling: null,
    surrogate: null,
  };
}

/** Whether units have nothing to say beside tokens. */
function isByToken({ units }: PreparedText, options: AttributionOptions): boolean {
  return options.units === "tokens" || units.every(({ tokens }) => tokens.length === 1);
}

/** What the draws of baselines leave open; standard errors of units are those of their sums. */
function errorsOf(
  draws: readonly PathIntegral[],
  standardError: Float64Array,
  text: PreparedText,
  options: AttributionOptions,
): Pick<Judged, "standardError" | "unitLevel" | "sampling"> {
  const L = text.promptIds.length;
  const sequences = draws.map(({ attribution }) => options.tokens ? sumTargets(attribution, L) : attribution);
  const ofSequence = standardErrors(sequences);
  const { unitLevel } = judge(averageIntegrals(draws, options.tolerance), text, options);
  const ofUnits = unitLevel && standardErrors(sequences.map((sequence) => byUnits(sequence, text)));
  const degreesOfFreedom = draws.length - 1;
  const sampling: Sampling = {
    calls: draws.reduce((sum, { pathPoints }) => sum + pathPoints, 0),
    stopped: {
      by: "samples",
      asked: null,
      reached: ofSequence.reduce((top, error) => Math.max(top, error), 0),
      met: null,
    },
    uncertainty: {
      standardError: options.tokens ? standardError : null,
      samples: draws.length,
      degreesOfFreedom,
      halfWidth: studentQuantile(UPPER_95, degreesOfFreedom),
    },
  };
  return { standardError: ofSequence, unitLevel: unitLevel && { ...unitLevel, standardError: ofUnits }, sampling };
}

/** [rows, L] as [rows, U]. */
function byUnits(values: Float64Array, { units, promptIds: { length: L } }: PreparedText): Float64Array {
  return aggregate(values, null, units, { targets: values.length / L, tokens: L });
}
