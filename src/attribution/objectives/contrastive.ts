import { sum } from "../../statistics/sums.ts";
import type { Composition } from "./composition.ts";
import type { Objective } from "./objective_definition.ts";

/** log p(y | x) − log p(y′ | x). */
export const CONTRASTIVE: Objective = {
  help: "log-probability of the target less that of an alternative",
  unit: "nats",
  falls: false,
  per: "aligned",
  composed: { alternative: true, compose: ([target, alternative]) => contrast([target, alternative]) },
};

/**
 * The log-probabilities of a target less those of an alternative, two parts, each in its own context, in nats. For
 * equal lengths T it is log p(y_t | x, y_<t) − log p(y′_t | x, y′_<t) for each t; for different lengths one number, log
 * p(y | x) − log p(y′ | x).
 *
 * Source: Yin & Neubig, "Interpreting language models with contrastive explanations" (2022), for single tokens;
 * contrasts of whole continuations as Inseq's `contrast_logits_diff` and its like, aligned one to one.
 *
 * @param lengths T of the target and of the alternative
 */
export function contrast([target, alternative]: readonly [number, number]): Composition {
  const aligned = target === alternative;
  const difference = ([a, b]: readonly Float64Array[]) =>
    aligned ? a.map((value, t) => value - b[t]) : Float64Array.of(sum(a) - sum(b));
  return {
    targets: aligned ? target : 1,
    value: difference,
    derivative: (_scores, tangents) => difference(tangents),
    factors: () => [1, -1],
  };
}
