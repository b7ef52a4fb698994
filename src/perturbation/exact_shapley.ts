import { coalitionOf, sizeOf } from "./coalition.ts";
import type { Scorer } from "./scorer.ts";
import { type UnitAttribution, unitAttribution } from "./unit_attribution.ts";

/** Most units for which all 2^N coalitions are scored. */
const MOST_EXACT_UNITS = 16;

/**
 * Shapley values by their definition: φ_i = Σ_{S ∌ i} |S|! (N − |S| − 1)! / N! · (v(S ∪ i) − v(S)).
 *
 * Cost: 2^N model calls.
 * Source: Shapley, "A value for n-person games", Contributions to the Theory of Games II (1953).
 *
 * @throws {RangeError} if units are more than 16, the budget is below 2^N, or the empty prompt has no score
 */
export async function exactShapley(scorer: Scorer): Promise<UnitAttribution> {
  const { units: N, columns: C } = scorer;
  if (N > MOST_EXACT_UNITS) {
    throw new RangeError(`Cannot compute exact Shapley values as units must be at most ${MOST_EXACT_UNITS}: got ${N}`);
  }
  requireNothing(scorer);
  const coalitions = Array.from({ length: 2 ** N }, (_, bits) => coalitionOf(bits, N));
  const scores = await scorer.score(coalitions);
  const weights = shapleyWeights(N);
  const values = new Float64Array(C * N);
  coalitions.forEach((kept, bits) => {
    const size = sizeOf(kept);
    for (let i = 0; i < N; i++) {
      const weight = kept[i] ? weights[size - 1] : -weights[size];
      for (let c = 0; c < C; c++) values[c * N + i] += weight * scores[bits][c];
    }
  });
  return unitAttribution(scorer, values, [scores[2 ** N - 1], scores[0]]);
}

/**
 * Returns the share of the orders of N players in which one comes right after a given set of s: s! (N − s − 1)! / N!,
 * [N].
 */
export function shapleyWeights(players: number): Float64Array {
  const weights = new Float64Array(players);
  weights[0] = 1 / players;
  for (let s = 1; s < players; s++) weights[s] = weights[s - 1] * s / (players - s);
  return weights;
}

/**
 * Checks that the game has a score with every unit taken away.
 *
 * @throws {RangeError} if it has none
 */
export function requireNothing({ scoresNothing }: Scorer): void {
  if (!scoresNothing) {
    throw new RangeError(
      "Cannot attribute by this method as the prompt must have a score with every unit taken away: got an empty " +
        "prompt; freeze a token or replace tokens instead of deleting them",
    );
  }
}
