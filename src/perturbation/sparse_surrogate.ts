import { spearman, spearmanInterval } from "../statistics/correlation.ts";
import { createRandom, type RandomStream } from "../statistics/random.ts";
import { type Coalition, coalitionKey, everyUnit, noUnit, sizeOf, varietyOf } from "./coalition.ts";
import { fitLasso, type LassoFit } from "./fit/lasso.ts";
import { type LinkName, LINKS } from "./link.ts";
import type { Scorer } from "./scorer.ts";
import { explainedVariance, type HeldOut, type SurrogateAttribution } from "./surrogate.ts";
import { samplerStop, unitAttribution } from "./unit_attribution.ts";

/** Options of `sparseSurrogate`; the defaults are ContextCite's. */
export interface SparseSurrogateOptions {
  /** Integer of 32 bits. */
  readonly seed: number;
  /** Coalitions to fit; 64 by default. */
  readonly samples?: number;
  /** Coalitions to test the fit on; 32 by default. Coalitions that were fitted are left out. */
  readonly heldOut?: number;
  /** α of the LASSO, per target token; 0.01 by default. */
  readonly penalty?: number;
  /** Scale that is fitted: the scores, or (default) the logits of the probabilities whose logarithms the scores are. */
  readonly link?: LinkName;
}

// Most draws that may be repeated because they cannot be scored.
const MOST_REDRAWS = 1000;

/**
 * A sparse linear surrogate as ContextCite fits it: every unit is kept with probability ½, the LASSO predicts the score
 * from the units that are kept, and its weights are the attribution. If the budget is short, fitted and held-out
 * coalitions shrink alike.
 *
 * There are no standard errors, as resampling is not consistent for the LASSO. The held-out R² and LDS tell how good
 * the fit is.
 *
 * Cost: `samples` + `heldOut` model calls at most, and one each for the whole and the empty prompt.
 * Source: Cohen-Wang, Shah, Georgiev & Mądry, "ContextCite: attributing model generation to context" (2024),
 * context-cite 0.0.4; Chatterjee & Lahiri, "Asymptotic properties of the residual bootstrap for Lasso estimators"
 * (2010).
 *
 * @throws {RangeError} if samples are fewer than 2, `heldOut` or the penalty is negative, the budget has no room for a
 * fit, or scores are no logarithms of probabilities and the link is `logit`
 */
export async function sparseSurrogate(scorer: Scorer, options: SparseSurrogateOptions): Promise<SurrogateAttribution> {
  const { units: N, targets: T, columns: C } = scorer;
  const { samples = 64, heldOut = 32, penalty = 0.01, link = "logit" } = options;
  if (!(samples >= 2)) throw new RangeError(`Cannot fit a surrogate as samples must be at least 2: got ${samples}`);
  if (!(heldOut >= 0)) throw new RangeError(`Cannot fit a surrogate as heldOut must not be negative: got ${heldOut}`);
  if (!(penalty >= 0)) {
    throw new RangeError(`Cannot fit a surrogate as the penalty must not be negative: got ${penalty}`);
  }
  const ends = scorer.scoresNothing ? [everyUnit(N), noUnit(N)] : [everyUnit(N)];
  const { drawn, full } = drawHalves(scorer, ends, samples + heldOut, createRandom(options.seed));
  const fitted = drawn.slice(0, Math.ceil(drawn.length * samples / (samples + heldOut)));
  if (fitted.length < 2) {
    throw new RangeError(`Cannot fit a surrogate as two coalitions must fit the budget: got ${scorer.budget} calls`);
  }
  const known = new Set(fitted.map(coalitionKey));
  const test = drawn.slice(fitted.length).filter((kept) => !known.has(coalitionKey(kept)));
  const scores = await scorer.score([...ends, ...fitted, ...test]);
  const linked = scores.slice(ends.length).map((score) => score.map(LINKS[link]));
  const values = linked.slice(0, fitted.length);
  // The sum over T targets is fitted as their mean, so that the penalty has the same meaning.
  const tokens = (c: number) => c === T ? T : 1;
  const fits = Array.from({ length: C }, (_, c) => {
    const { coefficients, intercept } = fitLasso(fitted, values.map((v) => v[c] / tokens(c)), penalty);
    return { coefficients: coefficients.map((w) => w * tokens(c)), intercept: intercept * tokens(c) };
  });
  const columns = fits.flatMap(({ coefficients }) => [...coefficients]);
  const stopped = samplerStop(full ? "budget" : "samples", null, null);
  return {
    ...unitAttribution(scorer, columns, scores.slice(0, ends.length), { stopped }),
    intercept: Float64Array.from(fits, ({ intercept }) => intercept),
    r2: Float64Array.from(fits, (fit, c) => explainedVariance(values.map((v) => v[c]), predictAll(fit, fitted))),
    samples: fitted.length,
    variety: varietyOf(fitted),
    heldOut: judge(fits, test, linked.slice(fitted.length)),
  };
}

/** Draws coalitions that keep each unit with probability ½, as many as the budget allows after `ends`. */
function drawHalves(
  scorer: Scorer,
  ends: readonly Coalition[],
  count: number,
  random: RandomStream,
): { drawn: Coalition[]; full: boolean } {
  const request = scorer.gather();
  const drawn: Coalition[] = [];
  let full = !request.add(ends);
  for (let redraws = 0; !full && drawn.length < count && redraws < MOST_REDRAWS;) {
    const next = Uint8Array.from({ length: scorer.units }, () => random.integer(2));
    if (!scorer.scoresNothing && sizeOf(next) === 0) {
      redraws++;
      continue;
    }
    full = !request.add([next]);
    if (!full) drawn.push(next);
  }
  return { drawn, full };
}

function predictAll({ coefficients, intercept }: LassoFit, coalitions: readonly Coalition[]): number[] {
  return coalitions.map((kept) => kept.reduce((score, one, i) => score + one * coefficients[i], intercept));
}

function judge(
  fits: readonly LassoFit[],
  coalitions: readonly Coalition[],
  values: readonly Float64Array[],
): HeldOut | null {
  if (coalitions.length === 0) return null;
  const predicted = fits.map((fit) => predictAll(fit, coalitions));
  const actual = fits.map((_, c) => values.map((v) => v[c]));
  const lds = fits.map((_, c) => spearman(actual[c], predicted[c]));
  return {
    samples: coalitions.length,
    r2: Float64Array.from(fits, (_, c) => explainedVariance(actual[c], predicted[c])),
    lds: Float64Array.from(lds),
    ldsInterval: lds.map((correlation) => spearmanInterval(correlation, coalitions.length)),
  };
}
