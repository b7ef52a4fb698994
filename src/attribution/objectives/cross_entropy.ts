import type { Composition } from "./composition.ts";
import type { Objective } from "./objective_definition.ts";

/** −log p(y_t | x, y_<t). */
export const CROSS_ENTROPY: Objective = {
  help: "loss of each target token",
  unit: "nats",
  falls: true,
  per: "token",
  composed: { alternative: false, compose: ([targets]) => crossEntropy(targets) },
};

/** −log p(y_t) of T log-probabilities, the one part: the model's loss on each target token, in nats. */
export function crossEntropy(targets: number): Composition {
  const negated = ([values]: readonly Float64Array[]) => values.map((value) => -value);
  return {
    targets,
    value: negated,
    derivative: (_scores, tangents) => negated(tangents),
    factors: () => [-1],
  };
}
