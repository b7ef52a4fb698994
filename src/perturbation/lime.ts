import { largestError } from "../statistics/moments.ts";
import { createRandom, type RandomStream } from "../statistics/random.ts";
import { type Coalition, everyUnit, noUnit, sizeOf, varietyOf } from "./coalition.ts";
import type { Scorer } from "./scorer.ts";
import { explainedVariance, type SurrogateAttribution } from "./surrogate.ts";
import { samplerStop, uncertaintyOf, unitAttribution } from "./unit_attribution.ts";
import { fitRidge } from "./fit/weighted_ridge.ts";

/** Options of `lime`. */
export interface LimeOptions {
  /** Integer of 32 bits. */
  readonly seed: number;
  /** Coalitions to draw, the whole prompt among them; 1000 by default. The budget may end the drawing earlier. */
  readonly samples?: number;
  /** σ of the kernel; 0.25 (default) is lime's text explainer, 1 Captum's Lime. */
  readonly kernelWidth?: number;
  /** α of the ridge; 1 by default, as in lime. */
  readonly ridge?: number;
}

/**
 * LIME for text: a ridge regression of the scores on the units that are kept, weighted by nearness to the whole prompt,
 * exp(−d² / 2σ²) with the cosine distance d = 1 − √(|S| / N). As in lime's text explainer, a number of units from 1 to
 * N is drawn uniformly and that many are taken away. All units are fitted, none is selected beforehand.
 *
 * Standard errors tell how far the coefficients would move with other draws. They do not tell how far a linear model is
 * from the game; `r2` does.
 *
 * Cost: at most `samples` model calls, and one for the empty prompt.
 * Source: Ribeiro, Singh & Guestrin, "Why should I trust you?" (2016); lime 0.2.0.1, `lime_text.py`, `lime_base.py`.
 *
 * @throws {RangeError} if the width, ridge or number of samples is not positive, or the budget has no room for a fit
 */
export async function lime(scorer: Scorer, options: LimeOptions): Promise<SurrogateAttribution> {
  const { units: N, targets: T, columns: C } = scorer;
  const { samples = 1000, kernelWidth = 0.25, ridge = 1 } = options;
  for (const [name, value] of Object.entries({ samples, kernelWidth, ridge })) {
    if (!(value > 0)) throw new RangeError(`Cannot fit LIME as ${name} must be above 0: got ${value}`);
  }
  const random = createRandom(options.seed);
  const ends = scorer.scoresNothing ? [everyUnit(N), noUnit(N)] : [everyUnit(N)];
  const request = scorer.gather();
  const most = scorer.scoresNothing ? N : N - 1;
  const drawn: Coalition[] = [everyUnit(N)];
  let full = !request.add(ends);
  while (!full && drawn.length < samples && most > 0) {
    const next = drawNeighbour(N, most, random);
    full = !request.add([next]);
    if (!full) drawn.push(next);
  }
  if (drawn.length < 2) {
    const got = full ? `a budget of ${scorer.budget} calls` : `${N} unit${N === 1 ? "" : "s"} that can be taken away`;
    throw new RangeError(`Cannot fit LIME as there must be two coalitions at least: got ${got}`);
  }
  await scorer.score(request.coalitions);
  const values = await scorer.score(drawn);
  const weights = drawn.map((kept) => limeWeight(sizeOf(kept), N, kernelWidth));
  if (!weights.some((weight, k) => weight > 0 && sizeOf(drawn[k]) < N)) {
    throw new RangeError(
      `Cannot fit LIME as kernelWidth must leave coalitions with a unit taken away some weight: got ${kernelWidth}`,
    );
  }
  const fit = fitRidge({ units: N, columns: C, rows: drawn, values, weights, penalty: ridge })!;
  const predict = (kept: Coalition, c: number) =>
    kept.reduce((score, one, i) => score + one * fit.coefficients[c * N + i], fit.intercept[c]);
  const uncertainty = uncertaintyOf(fit.standardError, N, drawn.length, Math.max(1, drawn.length - fit.parameters));
  const stopped = samplerStop(full ? "budget" : "samples", null, largestError(fit.standardError.subarray(T * N)));
  return {
    ...unitAttribution(scorer, fit.coefficients, await scorer.score(ends), { uncertainty, stopped }),
    intercept: fit.intercept,
    r2: Float64Array.from(
      { length: C },
      (_, c) => explainedVariance(values.map((v) => v[c]), drawn.map((kept) => predict(kept, c)), weights),
    ),
    samples: drawn.length,
    variety: varietyOf(drawn),
    heldOut: null,
  };
}

/** exp(−d² / 2σ²) with d = 1 − cos(S, all) = 1 − √(|S| / N); the empty coalition has d = 1. */
export function limeWeight(size: number, units: number, kernelWidth: number): number {
  const distance = 1 - Math.sqrt(size / units);
  return Math.exp(-(distance ** 2) / (2 * kernelWidth ** 2));
}

/** Takes away a uniformly drawn number of units, 1 … most. */
function drawNeighbour(units: number, most: number, random: RandomStream): Coalition {
  const kept = everyUnit(units);
  const gone = 1 + random.integer(most);
  for (const unit of random.permutation(units).subarray(0, gone)) kept[unit] = 0;
  return kept;
}
