import { averageIntegrals, standardErrors } from "../../../attribution/averaged_integral.ts";
import type { PathIntegral } from "../../../attribution/path_function.ts";
import { columnSums } from "../../../statistics/sums.ts";
import { studentQuantile, UPPER_95 } from "../../../statistics/student_t.ts";
import { averagedBaselines, baselineRows } from "../../baselines/baseline_rows.ts";
import { embeddingRow } from "../../baselines/embedding_row.ts";
import type { Judged, Sampling } from "../../judged.ts";
import { type Baseline, isAveraged, isDrawn, type SingleBaseline } from "../../options/baseline.ts";
import type { EmbeddingName } from "../../options/embedding_name.ts";
import { type Condition, option } from "../../options/option.ts";
import { baseline, inside, layer, pathBudget, QUADRATURE_OPTIONS, tokens } from "../../options/path_options.ts";
import { samples, seed } from "../../options/sampling_options.ts";
import { oneOf } from "../../options/value_kind.ts";
import { method, type Subject } from "../method.ts";
import { integratePath } from "./integrate_path.ts";
import { byUnits, judgeIntegral, type ResultForm, splitColumns } from "./judge_integral.ts";

const DRAWN: Condition = { on: "baseline", fits: isDrawn, words: "baseline random or shuffle" };

/**
 * Integrated gradients from the baseline to the prompt, or their mean over several baselines, which share the budget.
 */
export const integratedGradients = method({
  name: "integrated-gradients",
  title: "Integrated gradients",
  word: "ig",
  family: "gradient",
  yields: "additive",
  alongOnePath: true,
  cost: "a forward, a tangent and a reverse pass a point; 50 to 200 points for κ ≤ 1 %",
  purpose: "the default: complete, and certified by the adaptive quadrature",
  source: "Sundararajan, Taly & Yan 2017",
  options: {
    tokens,
    baseline,
    ...QUADRATURE_OPTIONS,
    budget: pathBudget,
    seed: option({ ...seed, help: "seed of the drawn baselines", when: DRAWN }),
    samples: option({ ...samples(8, "random baselines to average, which share the budget"), when: DRAWN }),
    layer,
    inside,
    prefix: option({
      kind: oneOf(["fixed", "interpolated"]),
      default: "fixed",
      // Chains need the shares of these tokens.
      settle: (value, { through }) => through.kind === "none" ? value : "interpolated",
      help: "the target's own tokens along the path: they stay, or come from the baseline, too",
      when: { on: "baseline", fits: isRow, words: "a baseline that is one row" },
    }),
  },
  idWords({ baseline, layer, inside, prefix, quadrature, tolerance, steps, samples, seed, tokens, perTarget }) {
    return [
      String(baseline),
      ...(layer === 0 ? [] : [`layer-${layer}`]),
      ...(prefix === "interpolated" ? ["prefix-interpolated"] : []),
      String(quadrature),
      String(tolerance ?? steps),
      ...(seed === undefined ? [] : [`samples-${samples}`, `seed-${seed}`]),
      ...(tokens === true ? ["tokens"] : []),
      ...(perTarget === false ? ["no-per-target"] : []),
      ...(inside ? [`inside-${inside}`] : []),
    ];
  },
  async run(subject, options) {
    const { model, objective, text } = subject;
    const end = text.promptRows;
    if (options.inside !== null && options.tokens) {
      throw new RangeError(
        "Cannot take the conductance as the attribution must be of the whole target: got target units, which imply the " +
          "matrix",
      );
    }
    const { layer, baseline, prefix } = options;
    if (!isAveraged(baseline)) {
      const start = await baselineRows(model, text, baseline, end);
      const row = prefix === "interpolated" && isRow(baseline)
        ? await embeddingRow(model, baseline, "baseline")
        : undefined;
      const integral = await integratePath(subject, options, { start, end, prefix: row, layer });
      return judgeIntegral(integral, objective, text, options);
    }
    const draws: PathIntegral[] = [];
    const starts = await averagedBaselines(model, text, { ...options, baseline }, end);
    for (const start of starts) {
      const budget = Math.floor(options.budget / starts.length);
      draws.push(await integratePath({ objective }, { ...options, budget }, { start, end, layer }));
    }
    const { standardError, ...mean } = averageIntegrals(draws, options.tolerance);
    return {
      ...judgeIntegral(mean, objective, text, options),
      ...errorsOf(draws, standardError, subject, options),
    };
  },
});

/** True if a baseline is one row for any position. Another prompt is not, nor code: they say nothing of the target. */
function isRow(baseline: Baseline): baseline is EmbeddingName {
  return !isAveraged(baseline) && !["text", "own"].includes((baseline satisfies SingleBaseline).kind);
}

/** Returns how sure the mean over baselines is; standard errors of units are those of their sums. */
function errorsOf(
  draws: readonly PathIntegral[],
  standardError: Float64Array,
  { objective, text }: Subject,
  options: ResultForm & { readonly tolerance: number },
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
