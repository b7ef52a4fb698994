import type { UnitAttribution } from "./unit_attribution.ts";

/** How well a linear surrogate predicts coalitions that it was not fitted to; the sum over targets is last. */
export interface HeldOut {
  /** Coalitions. */
  readonly samples: number;
  /** 1 − Σ (v − v̂)² / Σ (v − v̄)², [T + 1]; NaN where the scores are all the same. */
  readonly r2: Float64Array;
  /** Linear datamodeling score: Spearman's correlation of v and v̂, [T + 1]; NaN where one of them is constant. */
  readonly lds: Float64Array;
  /** 95 % interval of each, [T + 1]; null where there is none. */
  readonly ldsInterval: readonly (readonly [low: number, high: number] | null)[];
}

/** A linear model v̂(S) = intercept + Σ_{i ∈ S} attribution_i of the game. */
export interface SurrogateAttribution extends UnitAttribution {
  /** [T + 1], the sum over targets last */
  readonly intercept: Float64Array;
  /** Share of the (weighted) variance that it explains where it was fitted, [T + 1]; NaN where there is none. */
  readonly r2: Float64Array;
  /** Coalitions that it was fitted to, repeated ones included. */
  readonly samples: number;
  /** Null where the method holds none out. */
  readonly heldOut: HeldOut | null;
}

/** 1 − Σ w (y − ŷ)² / Σ w (y − ȳ)²; NaN where y is constant. */
export function explainedVariance(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights: ArrayLike<number> | null = null,
): number {
  const n = actual.length;
  const w = (i: number) => weights === null ? 1 : weights[i];
  let [total, mean] = [0, 0];
  for (let i = 0; i < n; i++) total += w(i);
  for (let i = 0; i < n; i++) mean += w(i) * actual[i] / total;
  let [left, all] = [0, 0];
  for (let i = 0; i < n; i++) {
    left += w(i) * (actual[i] - predicted[i]) ** 2;
    all += w(i) * (actual[i] - mean) ** 2;
  }
  return all === 0 ? NaN : 1 - left / all;
}
