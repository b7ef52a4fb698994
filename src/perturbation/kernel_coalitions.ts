import type { RandomStream } from "../statistics/random.ts";
import { type Coalition, complement } from "./coalition.ts";

/** Coalitions of `size` units and their complements. */
export interface SizeClass {
  /** 1 … N / 2 */
  readonly size: number;
  /** Pairs of a coalition and its complement in it. */
  readonly pairs: number;
  /** Its share of the Shapley kernel's weight. */
  readonly share: number;
}

/**
 * Returns the classes of complementary coalitions and their shares of the Shapley kernel's weight: a coalition of s of
 * N units weighs (N − 1) / (C(N, s) s (N − s)), so its size weighs (N − 1) / (s (N − s)).
 *
 * Source: Lundberg & Lee, "A unified approach to interpreting model predictions" (2017), theorem 2.
 */
export function sizeClasses(units: number): SizeClass[] {
  const classes: SizeClass[] = [];
  let count = 1;
  for (let size = 1; size <= units / 2; size++) {
    count = count * (units - size + 1) / size;
    const halves = 2 * size === units;
    classes.push({ size, pairs: halves ? count / 2 : count, share: (halves ? 1 : 2) / (size * (units - size)) });
  }
  const total = classes.reduce((sum, { share }) => sum + share, 0);
  return classes.map((one) => ({ ...one, share: one.share / total }));
}

/**
 * Counts the classes, smallest coalitions first, that are worth scoring in full with `pairs` pairs to spend: sampling
 * would draw each of their coalitions at least once, as expected.
 *
 * Source: SHAP's KernelExplainer.
 */
export function classesInFull(classes: readonly SizeClass[], pairs: number): number {
  let left = pairs;
  let share = 1;
  let full = 0;
  for (const one of classes) {
    // A share that is off by rounding must not keep out a class that just fits.
    if (one.pairs > left || left * one.share / share < one.pairs * (1 - 1e-8)) break;
    left -= one.pairs;
    share -= one.share;
    full++;
  }
  return full;
}

/**
 * Lists one coalition of every complementary pair of a class: all of its size; at half of N those with the first unit.
 */
export function coalitionsOfClass({ size }: SizeClass, units: number): Coalition[] {
  const found: Coalition[] = [];
  const chosen: number[] = [];
  const extend = (from: number) => {
    if (chosen.length === size) {
      const kept = new Uint8Array(units);
      for (const unit of chosen) kept[unit] = 1;
      if (2 * size < units || kept[0] === 1) found.push(kept);
      return;
    }
    for (let unit = from; unit <= units - (size - chosen.length); unit++) {
      chosen.push(unit);
      extend(unit + 1);
      chosen.pop();
    }
  };
  extend(0);
  return found;
}

/** Draws a coalition from the classes by their shares, uniformly within a class. */
export function drawCoalition(classes: readonly SizeClass[], units: number, random: RandomStream): Coalition {
  const total = classes.reduce((sum, { share }) => sum + share, 0);
  let at = random.uniform() * total;
  const drawn = classes.find(({ share }) => (at -= share) < 0) ?? classes[classes.length - 1];
  const kept = new Uint8Array(units);
  for (const unit of random.permutation(units).subarray(0, drawn.size)) kept[unit] = 1;
  return kept;
}

/** Returns both coalitions of each pair, one after the other. */
export function withComplements(coalitions: readonly Coalition[]): Coalition[] {
  return coalitions.flatMap((kept) => [kept, complement(kept)]);
}
