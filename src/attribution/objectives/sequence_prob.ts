import { logMean } from "../../statistics/log_mean.ts";
import { sum } from "../../statistics/sums.ts";
import type { Composition } from "./composition.ts";
import type { Objective } from "./objective_definition.ts";

/** p(y | x), the product over target tokens. */
export const SEQUENCE_PROB: Objective = {
  help: "probability of the whole target",
  unit: "probability",
  falls: false,
  per: "sequence",
  composed: { alternative: false, compose: sequenceProb },
};

/**
 * exp(Σ_t log p(y_t)) of T log-probabilities, the one part: the probability of the whole target. One number for the
 * sequence, as a product is no sum over target tokens; its derivative is P Σ_t ∂ log p(y_t).
 *
 * Source: Captum 0.9, `seq_attr` of `LLMAttribution` with `attr_target="prob"`.
 */
export function sequenceProb(): Composition {
  const of = ([logProbs]: readonly Float64Array[]) => Math.exp(sum(logProbs));
  return {
    targets: 1,
    value: (scores) => Float64Array.of(of(scores)),
    derivative: (scores, [tangent]) => Float64Array.of(of(scores) * sum(tangent)),
    factors: (scores) => [of(scores)],
    secants: ([start], [end]) => [logMean(sum(start), sum(end))],
  };
}
