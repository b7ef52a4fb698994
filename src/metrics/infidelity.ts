import { dot } from "../statistics/sums.ts";
import { type Coalition, everyUnit, sizeOf } from "../perturbation/coalition.ts";
import type { Scorer } from "../perturbation/scorer.ts";
import { momentsOf } from "../statistics/moments.ts";
import { createRandom } from "../statistics/random.ts";
import { studentQuantile, UPPER_95 } from "../statistics/student_t.ts";

/** Options of `infidelity`. */
export interface InfidelityOptions {
  /** Integer of 32 bits. */
  readonly seed: number;
  /** Coalitions; 100 by default. The scorer's budget may allow fewer. */
  readonly samples?: number;
  /** The target whose attribution it is; the sum over all by default. */
  readonly target?: number;
}

/** Infidelity with its 95 % interval, nats². */
export interface Infidelity {
  /** The mean square. */
  readonly value: number;
  /** Lower end of the interval, at least 0. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
  /** Infidelity of the attribution times its best factor, for an attribution without a scale. */
  readonly scaled: number;
  /** The factor. */
  readonly scale: number;
  /** Coalitions drawn. */
  readonly samples: number;
}

/**
 * Infidelity: the mean of (Σ_{i ∉ S} φ_i − (F(x) − F(x_S)))² over coalitions S that keep each unit with probability ½.
 * It is 0 if the attribution tells the effect of taking any units away, as for a linear game.
 *
 * Cost: `samples` + 1 model calls at most.
 * Source: Yeh, Hsieh, Suggala, Inouye & Ravikumar, "On the (in)fidelity and sensitivity of explanations" (2019),
 * definition 2.1, with noise that takes units away; Captum's `infidelity`.
 *
 * @param attribution φ, [N]
 * @throws {TypeError} if the attribution is not [N]
 * @throws {RangeError} if the budget has no room for two coalitions
 */
export async function infidelity(
  scorer: Scorer,
  attribution: ArrayLike<number>,
  { seed, samples = 100, target = scorer.targets }: InfidelityOptions,
): Promise<Infidelity> {
  const { units: N } = scorer;
  if (attribution.length !== N) {
    throw new TypeError(`Cannot measure infidelity as the attribution must be [${N}]: got [${attribution.length}]`);
  }
  const random = createRandom(seed);
  const request = scorer.gather();
  const drawn: Coalition[] = [];
  let fits = request.add([everyUnit(N)]);
  while (fits && drawn.length < samples) {
    const kept = Uint8Array.from({ length: N }, () => random.integer(2));
    if (sizeOf(kept) === 0 && !scorer.scoresNothing) continue;
    fits = request.add([kept]);
    if (fits) drawn.push(kept);
  }
  if (drawn.length < 2) {
    throw new RangeError(
      `Cannot measure infidelity as two coalitions must fit: got a budget of ${scorer.budget} calls`,
    );
  }
  const [all, ...scores] = (await scorer.score(request.coalitions)).map((score) => score[target]);
  return infidelityOf(attribution, drawn, scores.map((score) => all - score));
}

/**
 * Computes infidelity over given coalitions.
 *
 * @param drops F(x) − F(x_S) of each coalition
 */
export function infidelityOf(
  attribution: ArrayLike<number>,
  coalitions: readonly Coalition[],
  drops: readonly number[],
): Infidelity {
  const told = coalitions.map((kept) => kept.reduce((sum, one, i) => sum + (1 - one) * attribution[i], 0));
  const scale = dot(told, drops) / dot(told, told);
  const factor = Number.isFinite(scale) ? scale : 0;
  const errors = momentsOf(told.map((sum, k) => [(sum - drops[k]) ** 2, (factor * sum - drops[k]) ** 2]));
  const [value, scaled] = errors.mean();
  const half = studentQuantile(UPPER_95, told.length - 1) * errors.standardError()[0];
  return { value, low: Math.max(0, value - half), high: value + half, scaled, scale: factor, samples: told.length };
}
