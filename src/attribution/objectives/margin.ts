import type { Objective } from "./objective_definition.ts";

/** log p(a) − log p(b) of the two tokens a and b that were likeliest after the unperturbed prompt. */
export const MARGIN: Objective = {
  help: "log-probability of the likeliest token less that of the second",
  unit: "nats",
  falls: false,
  per: "token",
  composed: null,
};

/**
 * Returns the ids of the two largest logits of each row [T, V], the larger first; of equal ones the smaller id.
 *
 * @throws {RangeError} if the vocabulary has fewer than two tokens
 */
export function topPairs(logits: ArrayLike<number>, vocabulary: number): [first: number, second: number][] {
  if (vocabulary < 2) {
    throw new RangeError(`Cannot take a margin as the vocabulary must have at least 2 tokens: got ${vocabulary}`);
  }
  return Array.from({ length: logits.length / vocabulary }, (_, t) => {
    const at = (id: number) => logits[t * vocabulary + id];
    let [first, second] = at(1) > at(0) ? [1, 0] : [0, 1];
    for (let id = 2; id < vocabulary; id++) {
      if (at(id) > at(first)) [first, second] = [id, first];
      else if (at(id) > at(second)) second = id;
    }
    return [first, second];
  });
}
