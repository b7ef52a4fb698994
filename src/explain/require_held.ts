import { type GivenObjective, objectiveFacts } from "./own/own_objective.ts";

// Norms and standard errors square the attributions, which may be much smaller than the score: an f64 holds the squares
// of all down to 1e-14 of it.
const LEAST = 1e-140;
const MOST = 1e140;

/**
 * Checks that f64 holds the score of a whole target: the product of many probabilities may be so small that its
 * attributions would be 0, or their errors.
 *
 * @param input F of the prompt
 * @throws {RangeError} if it does not
 */
export function requireHeld(input: Float64Array, objective: GivenObjective): void {
  const { per, unit } = objectiveFacts(objective);
  if (per !== "sequence" || input.every((value) => value >= LEAST && value <= MOST)) return;
  throw new RangeError(
    `Cannot attribute as the ${unit} of the target must be ${LEAST} … ${MOST}, whose squares numbers of 64 bits hold: ` +
      `got ${input.join(", ")}; shorten the target, or explain its log-probability`,
  );
}
