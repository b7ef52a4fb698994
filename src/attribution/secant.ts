import { addScaled, rowSums } from "../statistics/sums.ts";
import type { PathIntegral, PathWants } from "./path_function.ts";

/** A part of a path, from one α to another. */
export type PathPart = readonly [from: number, to: number];

/** Scores at the ends of some parts of a path, and the shares of their changes, one element for each part. */
export interface SecantSamples {
  /** φ_t where the part starts, [T] */
  readonly start: readonly Float64Array[];
  /** φ_t where it ends, [T] */
  readonly end: readonly Float64Array[];
  /** Shares that sum to the change of Σ_t φ_t, [L], or of each φ_t, [T L] */
  readonly shares: readonly Float64Array[];
}

/** T functions along the straight path between two inputs of L coordinates, whose changes are shared among these. */
export interface SecantFunction {
  /** L */
  readonly tokens: number;
  /** T */
  readonly targets: number;
  /** Returns the scores and the shares of parts of the path. */
  evaluate(parts: readonly PathPart[], gradient: Exclude<PathWants["gradient"], "none">): Promise<SecantSamples>;
}

/**
 * Shares the change of φ between two inputs by multipliers of finite differences, taken back through the function from
 * its value to its input: exact by construction, and for one part of the path two forward passes and a reverse one. Of
 * more parts the shares are summed: they tend to integrated gradients.
 *
 * Source: Shrikumar, Greenside & Kundaje, "Learning important features through propagating activation differences"
 * (2017), for the multipliers; products and softmax as in docs/methods.md.
 *
 * @param steps parts of the path
 * @returns an attribution [L] or [T L] in the unit of φ
 */
export async function attributeBySecants(
  secant: SecantFunction,
  steps: number,
  gradient: "sequence" | "token",
): Promise<PathIntegral> {
  const parts = Array.from({ length: steps }, (_, k): PathPart => [k / steps, (k + 1) / steps]);
  const { start, end, shares } = await secant.evaluate(parts, gradient);
  const attribution = new Float64Array(shares[0].length);
  for (const own of shares) addScaled(attribution, 1, own);
  return {
    attribution,
    total: gradient === "token" ? rowSums(attribution, secant.tokens) : null,
    input: end[steps - 1],
    baseline: start[0],
    pathPoints: 2 * steps,
    arithmeticFloor: null,
    certified: null,
  };
}
