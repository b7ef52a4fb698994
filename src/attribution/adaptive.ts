import { addScaled, distance, type PathFunction, type PathIntegral, type PathWants, sum } from "./path_function.ts";
import { LOBATTO_5 } from "./quadrature.ts";

/** What adaptive quadrature is to reach. */
export interface AdaptiveOptions {
  /** κ, > 0 */
  readonly tolerance: number;
  /** Most path points. */
  readonly budget: number;
  /** Attribute Σ_t φ_t, or each φ_t. */
  readonly gradient: "sequence" | "token";
}

/** What is known at one point. */
interface Sample {
  readonly score: Float64Array;
  readonly tangent: Float64Array;
  /** Of the sum, or of each target; null where only the grid is being found. */
  readonly gradient: Float64Array | null;
}

interface Interval {
  readonly from: number;
  readonly to: number;
  /** r_t = Q[dφ_t/dα] − (φ_t(to) − φ_t(from)), [T] */
  readonly residual: Float64Array;
  /** Σ_t |r_t| */
  readonly size: number;
  /** Σ_t |r_t| of the nested rule */
  readonly nestedSize: number;
}

// Few enough intervals that a smooth path stays cheap, enough that the first round shows where the path is rough.
const FIRST_INTERVALS = 4;
// Splits a round: as many points as fill a batch; more would split intervals that later rounds show to be fine.
const MOST_SPLITS = 6;

/**
 * Integrated gradients by residual-driven bisection with Gauss–Lobatto's rule: on every interval the exact integral of
 * dφ_t/dα is known from the scores at its ends, so the quadrature's error is seen, for all t at once, at no cost.
 * Intervals with the largest residuals are split until κ ≤ tolerance or the budget is spent (DESIGN.md, "Certified
 * quadrature"). The grid of a token attribution is found in forward mode, and only its final points are walked back.
 *
 * @throws {RangeError} where the tolerance is below what the arithmetic allows, or the budget below the first grid
 */
export async function integrateAdaptively(path: PathFunction, options: AdaptiveOptions): Promise<PathIntegral> {
  const samples = new Map<number, Sample>();
  const evaluate = async (alphas: readonly number[], wants: PathWants) => {
    const found = await path.evaluate(alphas, wants);
    alphas.forEach((alpha, k) =>
      samples.set(alpha, { score: found.score[k], tangent: found.tangent[k], gradient: found.gradient[k] ?? null })
    );
  };
  const missing = (intervals: readonly (readonly [number, number])[]) =>
    [...new Set(intervals.flatMap(([from, to]) => nodes(from, to)))].filter((alpha) => !samples.has(alpha));
  const measure = ([from, to]: readonly [number, number]) => residualOf(from, to, samples);

  const first = Array.from(
    { length: FIRST_INTERVALS },
    (_, i) => [i / FIRST_INTERVALS, (i + 1) / FIRST_INTERVALS] as const,
  );
  requireBudget(options.budget, missing(first).length);
  await evaluate(missing(first), { tangent: true, gradient: "sequence" });
  let intervals = first.map(measure);
  const gap = distance(samples.get(1)!.score, samples.get(0)!.score);
  requireTolerance(options.tolerance, floorOf(intervals, samples, gap, path));
  const wants: PathWants = { tangent: true, gradient: options.gradient === "sequence" ? "sequence" : "none" };
  const error = () => intervals.reduce((total, { size }) => total + size, 0);
  while (error() > options.tolerance * gap) {
    const worst = chosen(intervals, error() - options.tolerance * gap / 2, options.budget - samples.size);
    if (worst.length === 0) break;
    const halves = worst.flatMap(({ from, to }) => {
      const middle = (from + to) / 2;
      return [[from, middle], [middle, to]] as const;
    });
    await evaluate(missing(halves), wants);
    const split = new Set(worst);
    intervals = [...intervals.filter((interval) => !split.has(interval)), ...halves.map(measure)];
  }
  intervals.sort((a, b) => a.from - b.from);
  // The floor compares the sum's gradient, which a token attribution has only on the first grid.
  const floor = options.gradient === "sequence" ? floorOf(intervals, samples, gap, path) : null;
  if (options.gradient === "token") {
    const final = [...new Set(intervals.flatMap(({ from, to }) => nodes(from, to)))];
    await evaluate(final, { tangent: true, gradient: "token" });
  }
  return {
    ...integral(intervals, samples, path, options, gap),
    pathPoints: samples.size,
    arithmeticFloor: floor ?? floorOf(intervals, samples, gap, path),
  };
}

/** Σ over intervals of both rules, and the estimate of each entry's error. */
function integral(
  intervals: readonly Interval[],
  samples: ReadonlyMap<number, Sample>,
  path: PathFunction,
  { gradient, tolerance }: AdaptiveOptions,
  gap: number,
) {
  const size = gradient === "token" ? path.targets * path.tokens : path.tokens;
  const attribution = new Float64Array(size);
  const total = new Float64Array(path.targets);
  const entryError = new Float64Array(size);
  const perTarget = new Float64Array(path.targets);
  for (const { from, to, residual, size: seen, nestedSize } of intervals) {
    const difference = new Float64Array(size);
    nodes(from, to).forEach((alpha, k) => {
      const sample = samples.get(alpha)!;
      const weight = LOBATTO_5.weights[k] * (to - from);
      addScaled(attribution, weight, sample.gradient!);
      addScaled(total, weight, sample.tangent);
      addScaled(difference, weight - LOBATTO_5.nested[k] * (to - from), sample.gradient!);
    });
    // Q5 − Q3 is the error of the nested rule; how much smaller that of Q5 is, the residuals of the sums tell.
    const ratio = nestedSize === 0 ? 1 : Math.min(1, ENTRY_SAFETY * seen / nestedSize);
    difference.forEach((value, i) => entryError[i] += ratio * Math.abs(value));
    residual.forEach((value, t) => perTarget[t] += Math.abs(value));
  }
  const input = samples.get(1)!.score;
  const baseline = samples.get(0)!.score;
  const relative = (error: number, scale: number) => scale > 0 ? error / scale : error === 0 ? 0 : null;
  const certificate = relative(intervals.reduce((sum, { size }) => sum + size, 0), gap);
  return {
    attribution,
    total,
    input,
    baseline,
    certified: {
      certificate,
      perTarget: [...perTarget].map((error, t) => relative(error, Math.abs(input[t] - baseline[t]))),
      entryError,
      met: certificate !== null && certificate <= tolerance,
    },
  };
}

// The ratio of two rules' errors differs between entries; three times the one of their sums covers nearly all.
const ENTRY_SAFETY = 3;

function residualOf(from: number, to: number, samples: ReadonlyMap<number, Sample>): Interval {
  const start = samples.get(from)!.score;
  const end = samples.get(to)!.score;
  const residual = start.map((value, t) => value - end[t]);
  const nested = residual.slice();
  nodes(from, to).forEach((alpha, k) => {
    const { tangent } = samples.get(alpha)!;
    addScaled(residual, LOBATTO_5.weights[k] * (to - from), tangent);
    addScaled(nested, LOBATTO_5.nested[k] * (to - from), tangent);
  });
  const norm = (values: Float64Array) => values.reduce((total, value) => total + Math.abs(value), 0);
  return { from, to, residual, size: norm(residual), nestedSize: norm(nested) };
}

/** The intervals to split: the largest, until what they hold covers `excess`, within the budget. */
function chosen(intervals: readonly Interval[], excess: number, budget: number): Interval[] {
  const order = intervals.toSorted((a, b) => b.size - a.size);
  const picked: Interval[] = [];
  let covered = 0;
  for (const interval of order) {
    const costs = (picked.length + 1) * NEW_POINTS;
    // An interval too short for f64 to hold its nodes apart cannot be split.
    const splittable = new Set(nodes(interval.from, (interval.from + interval.to) / 2)).size === LOBATTO_5.nodes.length;
    if (covered >= excess || picked.length === MOST_SPLITS || costs > budget || !splittable) break;
    picked.push(interval);
    covered += interval.size;
  }
  return picked;
}

// Halves share the ends and the middle of what they split.
const NEW_POINTS = 2 * (LOBATTO_5.nodes.length - 2);

function nodes(from: number, to: number): number[] {
  // The ends exactly, so that neighbours share them.
  return LOBATTO_5.nodes.map((x) => x === 0 ? from : x === 1 ? to : from + x * (to - from));
}

/** Forward and reverse mode give Σ_t dφ_t/dα alike but for rounding: their disagreement over the path, relative. */
function floorOf(
  intervals: readonly Interval[],
  samples: ReadonlyMap<number, Sample>,
  gap: number,
  path: PathFunction,
): number | null {
  if (gap === 0) return null;
  let disagreement = 0;
  for (const { from, to } of intervals) {
    nodes(from, to).forEach((alpha, k) => {
      const { tangent, gradient } = samples.get(alpha)!;
      if (gradient === null) return;
      disagreement += LOBATTO_5.weights[k] * (to - from) * Math.abs(sum(tangent) - sum(gradient));
    });
  }
  // Each residual also takes the rounding of 2 T scores; log-probs carry a few units in the last place of their logits.
  const scale = samples.get(0)!.score.reduce((top, value) => Math.max(top, Math.abs(value)), 1);
  return (disagreement + intervals.length * path.targets * scale * 2 ** -22) / gap;
}

function requireBudget(budget: number, least: number): void {
  if (!Number.isSafeInteger(budget) || budget < least) {
    throw new RangeError(`Cannot integrate adaptively as the budget must be a whole number ≥ ${least}: got ${budget}`);
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
