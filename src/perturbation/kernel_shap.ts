import { largestError } from "../statistics/moments.ts";
import { createRandom, type RandomStream } from "../statistics/random.ts";
import { type Coalition, everyUnit, noUnit } from "./coalition.ts";
import { requireNothing } from "./exact_shapley.ts";
import {
  classesInFull,
  coalitionsOfClass,
  drawCoalition,
  type SizeClass,
  sizeClasses,
  withComplements,
} from "./kernel_coalitions.ts";
import { estimateFromPairs, type PairObservations } from "./fit/pair_estimate.ts";
import type { Scorer } from "./scorer.ts";
import {
  assertReachable,
  type SamplerStop,
  samplerStop,
  type StandardErrorRule,
  uncertaintyOf,
  type UnitAttribution,
  unitAttribution,
  watchedRange,
} from "./unit_attribution.ts";

/** Options of `kernelShap`. */
export interface KernelShapOptions extends StandardErrorRule {
  /** Integer of 32 bits. */
  readonly seed: number;
  /** Model calls to spend, at most the rest of the scorer's budget; 2 N + 2048 by default, as in SHAP. */
  readonly calls?: number;
}

// Draws after which the stopping rule is applied, and most draws for each model call: repeated coalitions cost none.
const ROUND = 64;
const DRAWS_A_CALL = 4;

/**
 * Shapley values as the solution of a weighted least squares problem over coalitions (KernelSHAP), with completeness as
 * a constraint, so that it is exact. Coalitions come in complementary pairs; sizes that the budget covers are scored in
 * full, the others are sampled by the kernel's weight. With 2^N calls nothing is left to sample and the values are
 * exact.
 *
 * Standard errors: the influence of each sampled pair on the solution, with the leverage correction HC3; 0 if nothing
 * was sampled.
 *
 * Cost: at most `calls` model calls.
 * Sources: Lundberg & Lee (2017); Covert & Lee, "Improving KernelSHAP" (2021) for pairs and constraint; MacKinnon &
 * White, "Some heteroskedasticity-consistent covariance matrix estimators" (1985) for HC3.
 *
 * @throws {RangeError} if the calls are too few to determine N values, or the empty prompt has no score
 */
export async function kernelShap(scorer: Scorer, options: KernelShapOptions): Promise<UnitAttribution> {
  const { units: N, targets: T, columns: C } = scorer;
  requireNothing(scorer);
  const { standardError: asked = null, calls = 2 * N + 2048 } = options;
  assertReachable(asked);
  if (!(calls >= 1 && calls < Infinity)) {
    throw new RangeError(`Cannot fit KernelSHAP as calls must be a number of at least 1: got ${calls}`);
  }
  const limit = scorer.spent + Math.min(calls, scorer.budget - scorer.spent);
  const ends = [everyUnit(N), noUnit(N)];
  if (scorer.spent + scorer.cost(ends) > limit) throw tooFew(N, limit);
  const [all, none] = await scorer.score(ends);
  const totals = all.map((value, c) => value - none[c]);
  const classes = sizeClasses(N);
  const full = classesInFull(classes, Math.floor((limit - scorer.spent) / 2));
  const sampled = classes.slice(full);
  const enumerated = await scoreInFull(scorer, classes.slice(0, full));
  const share = sampled.reduce((sum, one) => sum + one.share, 0);
  const drawn: PairObservations = { rows: [], values: [], weights: [] };
  const watched = watchedRange(options.of, T, N);
  const random = createRandom(options.seed);
  let by: SamplerStop["by"] | null = sampled.length === 0 ? "exact" : null;
  const estimateNow = () => estimateFromPairs({ enumerated, drawn, share, totals, units: N, columns: C });
  while (by === null) {
    const coalitions = drawPairs(scorer, sampled, random, limit);
    await observe(scorer, coalitions, drawn);
    const errors = asked === null ? undefined : estimateNow()?.standardError;
    if (asked !== null && errors && largestError(errors.subarray(...watched)) <= asked) by = "standard-error";
    else if (coalitions.length < ROUND || drawn.rows.length >= DRAWS_A_CALL * limit) by = "budget";
  }
  const estimate = estimateNow();
  if (estimate === null) throw tooFew(N, limit);
  const reached = largestError(estimate.standardError.subarray(...watched));
  return unitAttribution(scorer, estimate.coefficients, [all, none], {
    uncertainty: by === "exact"
      ? null
      : uncertaintyOf(estimate.standardError, N, drawn.rows.length, estimate.degreesOfFreedom),
    stopped: samplerStop(by, asked, reached),
  });
}

/** Observes every pair of the classes, weighted by the kernel. */
async function scoreInFull(scorer: Scorer, classes: readonly SizeClass[]): Promise<PairObservations> {
  const found: PairObservations = { rows: [], values: [], weights: [] };
  for (const one of classes) {
    const coalitions = coalitionsOfClass(one, scorer.units);
    await observe(scorer, coalitions, found, one.share / coalitions.length);
  }
  return found;
}

/** Draws up to a round of pairs, as many as the limit on model calls allows. */
function drawPairs(
  scorer: Scorer,
  classes: readonly SizeClass[],
  random: RandomStream,
  limit: number,
): Coalition[] {
  const request = scorer.gather(limit);
  const drawn: Coalition[] = [];
  while (drawn.length < ROUND) {
    const next = drawCoalition(classes, scorer.units, random);
    if (!request.add(withComplements([next]))) break;
    drawn.push(next);
  }
  return drawn;
}

async function observe(
  scorer: Scorer,
  coalitions: readonly Coalition[],
  { rows, values, weights }: PairObservations,
  weight = 1,
): Promise<void> {
  const scores = await scorer.score(withComplements(coalitions));
  coalitions.forEach((kept, p) => {
    rows.push(Float64Array.from(kept, (one) => one - 0.5));
    values.push(scores[2 * p].map((value, c) => (value - scores[2 * p + 1][c]) / 2));
    weights.push(weight);
  });
}

function tooFew(units: number, calls: number): RangeError {
  return new RangeError(
    `Cannot fit KernelSHAP as the model calls must determine the values of ${units} units and their errors: got ${calls} calls`,
  );
}
