/** Scales on which a surrogate may be linear. */
export const LINK_NAMES = ["identity", "logit"] as const;

/** One of `LINK_NAMES`. */
export type LinkName = typeof LINK_NAMES[number];

/** What becomes of a score before it is fitted. */
export const LINKS = {
  identity: (score) => score,
  logit: logitOfLogProbability,
} as const satisfies Record<LinkName, (score: number) => number>;

/**
 * log p − log(1 − p) of log p, without losing digits where p is near 0 or 1.
 *
 * @throws {RangeError} where the score is not below 0 and so not the logarithm of a probability below 1
 */
export function logitOfLogProbability(score: number): number {
  if (!(score < 0)) {
    throw new RangeError(
      `Cannot take the logit as the score must be the logarithm of a probability below 1: got ${score}`,
    );
  }
  // log(1 − eˢ): which of the two forms keeps its digits depends on how near eˢ is to 1.
  return score - (score > -Math.LN2 ? Math.log(-Math.expm1(score)) : Math.log1p(-Math.exp(score)));
}
