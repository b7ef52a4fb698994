import { joinIntegrals } from "../../../attribution/joined_integral.ts";
import type { PathIntegral } from "../../../attribution/path_function.ts";
import { distance } from "../../../statistics/sums.ts";
import { baselineRows } from "../../baselines/baseline_rows.ts";
import type { OpenObjective } from "../../open_objective.ts";
import { budgetOfUnits, QUADRATURE_OPTIONS, singleBaseline, tokens } from "../../options/path_options.ts";
import { method } from "../method.ts";
import { integratePath } from "./integrate_path.ts";
import { judgeIntegral } from "./judge_integral.ts";

/**
 * Paths share their programs where they share as many rows: so many programs fewer, and less than so many rows more a
 * point.
 */
const SHARED_STEP = 8;
/** Most path points a unit where no budget is given. */
const BUDGET_A_UNIT = 200;

/**
 * Sequential integrated gradients: each unit's path moves it alone. The budget is shared evenly, and the tolerance
 * asked of the sum of all paths, so that units that hardly matter need not be known to a hundredth of themselves.
 */
export const sequentialIntegratedGradients = method({
  name: "sequential-integrated-gradients",
  title: "Sequential integrated gradients",
  family: "gradient",
  yields: "additive",
  cost: "integrated gradients, once a unit: up to 200 points each",
  purpose: "compares with published results; occlusion gives the same for a call a unit",
  source: "Enguehard 2023",
  options: {
    tokens,
    baseline: singleBaseline,
    ...QUADRATURE_OPTIONS,
    budget: budgetOfUnits(BUDGET_A_UNIT),
  },
  async run({ model, objective, text }, options) {
    const end = text.promptRows;
    const moved = await baselineRows(model, text, options.baseline, end);
    const D = model.config.hiddenSize;
    const units = text.units.filter(({ frozen }) => !frozen);
    const starts = units.map(({ tokens }) => {
      const start = end.slice();
      for (const i of tokens) start.set(moved.subarray(i * D, (i + 1) * D), i * D);
      return start;
    });
    const budget = Math.floor((options.budget ?? BUDGET_A_UNIT * starts.length) / starts.length);
    const tolerances = options.quadrature === "adaptive"
      ? await ownTolerances(objective, end, starts, options.tolerance)
      : starts.map(() => options.tolerance);
    const integrals: PathIntegral[] = [];
    for (const [u, start] of starts.entries()) {
      const own = { ...options, budget, tolerance: tolerances[u] };
      const shared = SHARED_STEP * Math.floor(units[u].tokens[0] / SHARED_STEP);
      integrals.push(await integratePath({ objective }, own, { start, end, shared }));
    }
    return judgeIntegral(joinIntegrals(integrals, options.tolerance), objective, text, options);
  },
  advise: () => [
    "Each unit's path has a baseline of its own, and the baseline's score stands for all of them. By completeness each " +
    "unit gets the score less that without it, which --method occlusion gives exactly for one call a unit.",
  ],
});

/**
 * Returns each path's share of the error that the sum of all may have, relative to its own change of the scores. Half
 * of it is shared evenly, so that paths that hardly matter cost little, and half by these changes, so that none is
 * asked for too much.
 */
async function ownTolerances(
  objective: OpenObjective,
  end: Float32Array,
  starts: readonly Float32Array[],
  tolerance: number,
): Promise<number[]> {
  const [input, ...scores] = await objective.score([end, ...starts], end);
  const gaps = scores.map((score) => distance(input, score));
  const mean = gaps.reduce((total, gap) => total + gap, 0) / starts.length;
  return gaps.map((gap) => gap > 0 ? tolerance * (1 + mean / gap) / 2 : Infinity);
}
