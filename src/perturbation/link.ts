/** Scales on which a surrogate may be linear. */
export const LINK_NAMES = ["identity", "logit"] as const;

/** One of `LINK_NAMES`. */
export type LinkName = typeof LINK_NAMES[number];

/** Functions of a score, applied before it is fitted. */
export const LINKS = {
  identity: (score) => score,
  logit: logitOfLogProbability,
} as const satisfies Record<LinkName, (score: number) => number>;

/**
 * Returns log p − log(1 − p) of log p, without losing digits near 0 or 1.
 *
 * @throws {RangeError} if the score is not below 0, and so not the logarithm of a probability below 1
 */
export function logitOfLogProbability(score: number): number {
  if (!(score < 0)) {
    throw new RangeError(
      `Cannot take the logit as the score must be the logarithm of a probability below 1: got ${score}`,
    );
  }
  // log(1 − eˢ): one form keeps its digits near eˢ = 1, the other elsewhere.
  return score - (score > -Math.LN2 ? Math.log(-Math.expm1(score)) : Math.log1p(-Math.exp(score)));
}
