import { certifiedIntegral, errorOf } from "./certified_integral.ts";
import { type Interval, measureInterval, measureParts, refinedNodes, type Sample, type Samples } from "./interval.ts";
import type { PathFunction, PathIntegral, PathSamples, PathWants } from "./path_function.ts";
import { isSingle } from "./single_precision.ts";
import { distance, sum } from "../statistics/sums.ts";

/** State of an adaptive quadrature that goes on. */
export interface AdaptiveRound {
  /** Path points so far. */
  readonly points: number;
  /** κ so far. */
  readonly certificate: number;
  /** κ to reach. */
  readonly tolerance: number;
}

/** Options of adaptive quadrature. */
export interface AdaptiveOptions {
  /** κ to reach, > 0. */
  readonly tolerance: number;
  /** Most path points, ≥ 10. */
  readonly budget: number;
  /** `sequence` attributes Σ_t φ_t, `token` each φ_t. */
  readonly gradient: "sequence" | "token";
  /** True also integrates what passes through each part of the network. */
  readonly inside?: boolean;
  /** Is told the state before each refinement. */
  readonly onRound?: (round: AdaptiveRound) => void;
}

// Simpson's rule on two halves, which are then halved: few enough that a smooth path stays cheap, enough for a first
// batch that fills the device.
const FIRST_NODES = [[0, 1 / 4, 1 / 2], [1 / 2, 3 / 4, 1]] as const;
// Intervals refined in a round; more would refine some that later rounds show to be good enough.
const MOST_REFINED = 8;
// See refinedNodes().
const NEW_POINTS = 2;
// The resolution of f32 near the prompt. A path that needs shorter intervals near a baseline needs ever shorter ones.
const SHORTEST = 2 ** -24;
// A point next to the prompt, where every path is smooth: so near that the scores differ by rounding alone, yet another
// number in f32.
const PROBE = 1 - 2 ** -18;

// The nodes of both halves and of their parts.
const FIRST_POINTS = [...Array.from({ length: 9 }, (_, k) => k / 8), PROBE];
/** Smallest budget of adaptive quadrature, points. */
const LEAST_ADAPTIVE_BUDGET = FIRST_POINTS.length;

/**
 * Integrated gradients by residual-driven refinement: on every interval the exact integral of dφ_t/dα is known from the
 * scores at its ends, so the quadrature's error is seen, for all t at once, at no cost. Intervals with the largest
 * residuals are refined until κ ≤ tolerance or the budget is spent. Every point that is evaluated stays in use
 * (docs/quadrature.md compares this with other rules and refinements).
 *
 * @returns an attribution [L] or [T L] in the unit of φ
 * @throws {RangeError} if the tolerance is below the arithmetic floor, or the budget below the first grid
 */
export async function integrateAdaptively(path: PathFunction, options: AdaptiveOptions): Promise<PathIntegral> {
  const { tolerance, budget, gradient, inside = false, onRound } = options;
  const wants = { tangent: true, gradient, inside };
  const samples = new Map<number, Sample>();
  const add = (alphas: readonly number[], { score, tangent, gradient, inside }: PathSamples) =>
    alphas.forEach((alpha, k) =>
      samples.set(alpha, { score: score[k], tangent: tangent[k], gradient: gradient[k], inside: inside?.[k] })
    );
  const refine = async (worst: readonly Interval[]) => {
    const parts = worst.map(refinedNodes);
    const alphas = [...new Set(parts.flat(2))].filter((alpha) => !samples.has(alpha));
    if (alphas.length > 0) add(alphas, await path.evaluate(alphas, wants));
    return worst.flatMap((interval, i) => measureParts(interval, parts[i], samples));
  };
  requireBudget(budget);
  add(FIRST_POINTS, await firstSamples(path, wants));
  let intervals = await refine(FIRST_NODES.map((nodes) => measureInterval(nodes, samples)));
  const gap = distance(samples.get(1)!.score, samples.get(0)!.score);
  const rounding = roundingOf(samples);
  requireTolerance(tolerance, floorOf(intervals, samples, gap, rounding));
  while (errorOf(intervals) > tolerance * gap) {
    const worst = new Set(chosen(intervals, tolerance * gap, rounding, budget - samples.size));
    if (worst.size === 0) break;
    onRound?.({ points: samples.size, certificate: errorOf(intervals) / gap, tolerance });
    intervals = [...intervals.filter((interval) => !worst.has(interval)), ...await refine([...worst])];
  }
  intervals.sort((a, b) => a.nodes[0] - b.nodes[0]);
  return {
    ...certifiedIntegral(intervals, samples, path, { gap, tolerance, gradient }),
    pathPoints: samples.size,
    arithmeticFloor: floorOf(intervals, samples, gap, rounding),
  };
}

/**
 * Takes the samples of the first points. In models without biases derivatives grow without bound towards the zero
 * baseline and overflow there: the one at the baseline then counts as zero, and the residuals show the cost.
 */
async function firstSamples(path: PathFunction, wants: PathWants): Promise<PathSamples> {
  try {
    return await path.evaluate(FIRST_POINTS, wants);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const rest = await path.evaluate(FIRST_POINTS.slice(1), wants);
    const start = await path.evaluate(FIRST_POINTS.slice(0, 1), { tangent: false, gradient: "none" });
    return {
      score: [...start.score, ...rest.score],
      tangent: [rest.tangent[0].map(() => 0), ...rest.tangent],
      gradient: [rest.gradient[0].map(() => 0), ...rest.gradient],
      inside: rest.inside && [rest.inside[0].map(() => 0), ...rest.inside],
    };
  }
}

/** Chooses the intervals to refine: the largest ones, until they cover the excess or the budget ends. */
function chosen(intervals: readonly Interval[], allowed: number, rounding: number, budget: number): Interval[] {
  const excess = errorOf(intervals) - allowed;
  const picked: Interval[] = [];
  let covered = 0;
  for (const interval of intervals.toSorted((a, b) => b.size - a.size)) {
    const costs = (picked.length + 1) * NEW_POINTS;
    if (covered >= excess || picked.length === MOST_REFINED || costs > budget) break;
    // The rest of it is rounding, which more points would only add to.
    if (interval.isNoise || interval.size <= rounding || !isDivisible(interval)) continue;
    picked.push(interval);
    covered += interval.size;
  }
  return picked;
}

/** Returns true if the parts are long enough and their nodes differ in f32, in which devices take α. */
function isDivisible(interval: Interval): boolean {
  return refinedNodes(interval).every((nodes) =>
    nodes[nodes.length - 1] - nodes[0] >= SHORTEST && new Set(nodes).size === nodes.length
  );
}

/**
 * Measures the rounding in Σ_t |φ_t(b) − φ_t(a)|: between two points so close that the trapezoid is exact, the residual
 * is rounding. It is at least half a unit in the last place of each score at both ends of the path.
 */
function roundingOf(samples: Samples): number {
  const [start, near, end] = [0, PROBE, 1].map((alpha) => samples.get(alpha)!);
  const isF32 = [start, near, end].every(({ score }) => score.every(isSingle));
  const unit = isF32 ? 2 ** -24 : 2 ** -53;
  let residual = 0;
  let least = 0;
  end.score.forEach((value, t) => {
    residual += Math.abs(value - near.score[t] - (1 - PROBE) * (near.tangent[t] + end.tangent[t]) / 2);
    least += unit * Math.max(Math.abs(start.score[t]), Math.abs(value));
  });
  return Math.max(residual, least);
}

/**
 * Estimates the part of κ that is rounding: in every interval's residual the rounding of its scores, and along the path
 * the disagreement of forward and reverse mode, which differ in Σ_t dφ_t/dα by rounding alone.
 */
function floorOf(intervals: readonly Interval[], samples: Samples, gap: number, rounding: number): number | null {
  if (gap === 0) return null;
  let disagreement = 0;
  for (const { nodes, weights } of intervals) {
    nodes.forEach((alpha, k) => {
      const { tangent, gradient } = samples.get(alpha)!;
      disagreement += weights[k] * Math.abs(sum(tangent) - sum(gradient));
    });
  }
  return (disagreement + intervals.length * rounding) / gap;
}

function requireBudget(budget: number): void {
  if (!Number.isSafeInteger(budget) || budget < LEAST_ADAPTIVE_BUDGET) {
    throw new RangeError(
      `Cannot integrate adaptively as the budget must be a whole number ≥ ${LEAST_ADAPTIVE_BUDGET}: got ${budget}`,
    );
  }
}

function requireTolerance(tolerance: number, floor: number | null): void {
  if (!(tolerance > 0)) {
    throw new RangeError(`Cannot integrate adaptively as the tolerance must be > 0: got ${tolerance}`);
  }
  if (floor !== null && tolerance < floor) {
    throw new RangeError(
      `Cannot certify ${tolerance} as the tolerance must be above the arithmetic floor of this path: ` +
        `got a floor of ${floor.toExponential(1)}. Ask for more than that, or use --device reference (f64)`,
    );
  }
}
