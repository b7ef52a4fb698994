import { sum } from "../../statistics/sums.ts";
import type { Composition } from "./composition.ts";

/**
 * Returns a composition Σ_p w_p φ_p: for each target token if all parts have as many scores, else of their sums.
 *
 * @param weights w, one for each part
 */
export function weightedScores(weights: readonly number[]): (lengths: readonly number[]) => Composition {
  return (lengths) => {
    const aligned = lengths.every((length) => length === lengths[0]);
    const mix = (scores: readonly Float64Array[]) =>
      aligned
        ? scores[0].map((_, t) => sum(weights.map((weight, p) => weight * scores[p][t])))
        : Float64Array.of(sum(weights.map((weight, p) => weight * sum(scores[p]))));
    return {
      targets: aligned ? lengths[0] : 1,
      value: mix,
      derivative: (_scores, tangents) => mix(tangents),
      factors: () => weights,
    };
  };
}

/**
 * Returns a composition F(S_1, …, S_P) of the parts' sums S_p = Σ_t φ_p,t: one score for the whole target.
 *
 * @param value F
 * @param gradient [∂F/∂S_p]
 */
export function ofTotals(
  value: (totals: readonly number[]) => number,
  gradient: (totals: readonly number[]) => readonly number[],
): () => Composition {
  const factors = (scores: readonly Float64Array[]) => gradient(scores.map((part) => sum(part)));
  return () => ({
    targets: 1,
    value: (scores) => Float64Array.of(value(scores.map((part) => sum(part)))),
    derivative: (scores, tangents) =>
      Float64Array.of(sum(factors(scores).map((factor, p) => factor * sum(tangents[p])))),
    factors,
  });
}

/** Step of the central differences, relative to the size of a score. */
const STEP = 1e-5;
/** Relative error that differences of smooth functions stay below by far. */
const MOST_ERROR = 1e-3;

/**
 * Holds the derivatives of a composition against central differences at some scores: a wrong one would make wrong
 * attributions, of which some methods see nothing.
 *
 * @param scores [T_p] of each part
 * @throws {RangeError} if it has other derivatives, or another number of scores
 */
export function checkComposition(name: string, composition: Composition, scores: readonly Float64Array[]): void {
  const must = (what: string, got: unknown) => {
    throw new RangeError(`Cannot use objective ${name} as its ${what}: got ${got}`);
  };
  const { targets } = composition;
  const value = composition.value(scores);
  if (value.length !== targets) must(`value must have the ${targets} scores that it names`, value.length);
  if (!value.every(Number.isFinite)) must("value must be finite at the prompt's scores", [...value].join(", "));
  const factors = composition.factors(scores);
  if (factors.length !== scores.length) must(`factors must be one for each of ${scores.length} parts`, factors.length);
  scores.forEach((part, p) =>
    part.forEach((score, t) => {
      const step = STEP * Math.max(1, Math.abs(score));
      const at = (shift: number) =>
        composition.value(scores.map((own, q) => q === p ? own.with(t, own[t] + shift) : own));
      const [above, below] = [at(step), at(-step)];
      const differences = above.map((one, k) => (one - below[k]) / (2 * step));
      const unit = scores.map((own, q) => own.map((_, s) => q === p && s === t ? 1 : 0));
      const derivative = composition.derivative(scores, unit);
      const scale = Math.max(...differences.map(Math.abs), ...derivative.map(Math.abs), Number.MIN_VALUE);
      const isNear = (a: number, b: number) => Math.abs(a - b) <= MOST_ERROR * scale;
      const wrong = differences.findIndex((one, k) => !isNear(one, derivative[k]));
      if (wrong >= 0) {
        must(
          `derivative by score ${t} of part ${p} must be near the difference quotient, ${differences[wrong]}`,
          derivative[wrong],
        );
      }
      if (!isNear(sum(differences), factors[p])) {
        must(
          `factor of part ${p} must be the derivative of the sum by each of its scores, ${sum(differences)}`,
          factors[p],
        );
      }
    })
  );
}
