import { createMoments, largestError } from "../statistics/moments.ts";
import { createTorchRandom } from "../statistics/torch_random.ts";
import { everyUnit, noUnit } from "./coalition.ts";
import { requireNothing } from "./exact_shapley.ts";
import { chain, marginals } from "./sampled_shapley.ts";
import type { Scorer } from "./scorer.ts";
import { samplerStop, uncertaintyOf, type UnitAttribution, unitAttribution } from "./unit_attribution.ts";

/** Options of `captumShapleySampled`. */
export interface CaptumShapleyOptions {
  /** That of `torch.manual_seed` right before Captum is called: integer of 32 bits. */
  readonly seed: number;
  /** Captum's `n_samples`: orders, ≥ 2; 25 by default, as there. */
  readonly samples?: number;
}

/** Captum's default of `n_samples` in ShapleyValueSampling, KernelShap and Lime. */
export const CAPTUM_SAMPLES = 25;

/**
 * Captum's ShapleyValueSampling, draw by draw: independent random orders of the units (no reversed ones); a unit's
 * attribution is its mean marginal contribution. Captum has no standard errors; here they are s / √samples over the
 * orders.
 *
 * Cost: at most 2 + (N − 1) · samples model calls, all of which the budget must allow.
 * Source: Captum 0.9, `shapley_value.py`; Castro, Gómez & Tejada (2009).
 *
 * @throws {RangeError} if samples are fewer than two, the budget is too small, or the empty prompt has no score
 */
export async function captumShapleySampled(
  scorer: Scorer,
  { seed, samples = CAPTUM_SAMPLES }: CaptumShapleyOptions,
): Promise<UnitAttribution> {
  const { units: N, columns: C } = scorer;
  requireNothing(scorer);
  if (!(Number.isInteger(samples) && samples >= 2)) {
    throw new RangeError(`Cannot sample Shapley values as samples must be a whole number ≥ 2: got ${samples}`);
  }
  const random = createTorchRandom(seed);
  const orders = Array.from({ length: samples }, () => [...random.permutation(N)]);
  const scores = await scorer.score(orders.flatMap(chain));
  const moments = createMoments(C * N);
  orders.forEach((order, k) => moments.add(marginals(order, scores.slice(k * (N + 1), (k + 1) * (N + 1)), C)));
  const uncertainty = uncertaintyOf(moments.standardError(), N, samples, samples - 1);
  return unitAttribution(scorer, moments.mean(), await scorer.score([everyUnit(N), noUnit(N)]), {
    uncertainty,
    stopped: samplerStop("samples", null, largestError(uncertainty.sequenceStandardError)),
  });
}
