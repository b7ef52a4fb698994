import { integrateAdaptively } from "../../attribution/adaptive.ts";
import { averageIntegrals, standardErrors } from "../../attribution/averaged_integral.ts";
import { integrateFixed } from "../../attribution/integrated_gradients.ts";
import type { PathIntegral } from "../../attribution/path_function.ts";
import { columnSums } from "../../statistics/sums.ts";
import type { LanguageModel } from "../../model/model.ts";
import { studentQuantile, UPPER_95 } from "../../statistics/student_t.ts";
import { averagedBaselines, baselineRows } from "../baseline_rows.ts";
import { isAveraged } from "../options/baseline_name.ts";
import type { Judged, Sampling } from "../judged.ts";
import { byUnits, judgeIntegral, splitColumns } from "./judge_integral.ts";
import { embeddingRow } from "../embedding_row.ts";
import type { OpenObjective } from "../open_objective.ts";
import type { PreparedText } from "../prepare_text.ts";
import type { AttributionOptions } from "../options/attribution_options.ts";

/** Integrated gradients from the baseline to the prompt, or their mean over several baselines, which share the budget. */
export async function integratedGradients(
  objective: OpenObjective,
  text: PreparedText,
  options: AttributionOptions,
  model: LanguageModel,
): Promise<Judged> {
  const end = text.promptRows;
  const { layer, baseline } = options;
  if (options.prefix === "interpolated") requireRow(baseline);
  if (!isAveraged(baseline)) {
    const start = await baselineRows(model, text, baseline, end);
    const prefix = options.prefix === "fixed" ? undefined : await embeddingRow(model, baseline, "baseline");
    const integral = await integratePath(objective, options, { start, end, prefix, layer });
    return judgeIntegral(integral, objective, text, options);
  }
  const draws: PathIntegral[] = [];
  const starts = await averagedBaselines(model, text, options, end);
  for (const start of starts) {
    const budget = Math.floor(options.budget! / starts.length);
    draws.push(await integratePath(objective, { ...options, budget }, { start, end, layer }));
  }
  const { standardError, ...mean } = averageIntegrals(draws, options.tolerance);
  return {
    ...judgeIntegral(mean, objective, text, options),
    ...errorsOf(draws, standardError, objective, text, options),
  };
}

/** @throws {RangeError} for a baseline that is no row for any position, such as another prompt: it says nothing of the target */
function requireRow(baseline: string): void {
  if (!baseline.startsWith("text:") && !isAveraged(baseline)) return;
  throw new RangeError(`Cannot interpolate the target's prefix as the baseline must be a row: got ${baseline}`);
}

/** The integral along one path by the quadrature of the options. */
export async function integratePath(
  objective: OpenObjective,
  { quadrature, tolerance, budget, tokens, steps, perTarget }: AttributionOptions,
  ends: Parameters<OpenObjective["path"]>[0],
): Promise<PathIntegral> {
  if (quadrature === "adaptive" && !perTarget) {
    throw new RangeError("Cannot integrate adaptively as perTarget must be true: got false");
  }
  const path = await objective.path(ends);
  const gradient = tokens ? "token" : "sequence";
  return quadrature === "adaptive"
    ? await integrateAdaptively(path, { tolerance, budget: budget!, gradient })
    : await integrateFixed(path, quadrature, steps, gradient, { perTarget });
}

/** What the draws of baselines leave open; standard errors of units are those of their sums. */
function errorsOf(
  draws: readonly PathIntegral[],
  standardError: Float64Array,
  objective: OpenObjective,
  text: PreparedText,
  options: AttributionOptions,
): Pick<Judged, "standardError" | "unitLevel" | "prefix" | "sampling"> {
  const L = text.promptIds.length;
  const columns = draws[0].attribution.length / (options.tokens ? objective.targets : 1);
  const sequences = draws.map(({ attribution }) => splitColumns(columnSums(attribution, columns), columns, L));
  const [ofSequence, ofPrefix] = [0, 1].map((part) => standardErrors(sequences.map((parts) => parts[part])));
  const { unitLevel, prefix } = judgeIntegral(averageIntegrals(draws, options.tolerance), objective, text, options);
  const ofUnits = unitLevel && standardErrors(sequences.map(([sequence]) => byUnits(sequence, text)));
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
      standardError: options.tokens ? splitColumns(standardError, columns, L)[0] : null,
      samples: draws.length,
      degreesOfFreedom,
      halfWidth: studentQuantile(UPPER_95, degreesOfFreedom),
    },
  };
  return {
    standardError: ofSequence,
    unitLevel: unitLevel && { ...unitLevel, standardError: ofUnits },
    prefix: prefix && { ...prefix, standardError: ofPrefix },
    sampling,
  };
}
