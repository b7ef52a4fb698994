import { logMean } from "../../statistics/log_mean.ts";
import { sum } from "../../statistics/sums.ts";
import type { Composition } from "./composition.ts";
import type { Objective } from "./objective_definition.ts";

/** exp(−1/T Σ_t log p(y_t | x, y_<t)). */
export const PERPLEXITY: Objective = {
  help: "perplexity of the whole target",
  unit: "perplexity",
  falls: true,
  per: "sequence",
  composed: { alternative: false, compose: perplexity },
};

/**
 * exp(−1/T Σ_t log p(y_t)) of T log-probabilities, the one part. One number for the sequence, as an exponential of a
 * mean is no sum over target tokens; its derivative is −PPL / T Σ_t ∂ log p(y_t).
 *
 * Source: Jelinek, Mercer, Bahl & Baker, "Perplexity: a measure of the difficulty of speech recognition tasks" (1977).
 */
export function perplexity(): Composition {
  const of = ([logProbs]: readonly Float64Array[]) => Math.exp(-sum(logProbs) / logProbs.length);
  return {
    targets: 1,
    value: (scores) => Float64Array.of(of(scores)),
    derivative: (scores, [tangent]) => Float64Array.of(-of(scores) * sum(tangent) / tangent.length),
    factors: (scores) => [-of(scores) / scores[0].length],
    secants: ([start], [end]) => [-logMean(-sum(start) / start.length, -sum(end) / end.length) / start.length],
  };
}
