import { addScaled } from "../statistics/sums.ts";
import { interpolatory, LOBATTO_5, simpsonComplement } from "./quadrature.ts";

/** Score and derivatives at one point of a path. */
export interface Sample {
  /** φ_t, [T] */
  readonly score: Float64Array;
  /** dφ_t/dα, [T] */
  readonly tangent: Float64Array;
  /** Gradient times direction, [L] of the sum or [T L] of each target. */
  readonly gradient: Float64Array;
  /** Of each part of the network, [K]; there if wanted. */
  readonly inside?: Float32Array;
}

/** Samples by their α. */
export type Samples = ReadonlyMap<number, Sample>;

/** A part of the path and its quadrature. */
export interface Interval {
  /** α of 3 to 5 points, ends included, ascending. */
  readonly nodes: readonly number[];
  /** One a node; exact for polynomials of degree 3 at least (Simpson's), 4 (four nodes) or 7 (Gauss–Lobatto's five). */
  readonly weights: readonly number[];
  /** Weights of trapezoids between the same nodes. */
  readonly trapezoids: readonly number[];
  /** r_t = Q[dφ_t/dα] − (φ_t(end) − φ_t(start)), [T] */
  readonly residual: Float64Array;
  /** Σ_t |r_t| by the trapezoids. */
  readonly trapezoidSize: number;
  /** Its part of κ before the division by the gap: Σ_t |r_t|, or the refinement's estimate if that is more. */
  readonly size: number;
  /** True if it is short and its refinement left as much error as it found: the error is rounding. */
  readonly isNoise: boolean;
  /** True if the refinement that it came from shrank the error as on a smooth path. */
  readonly isSmooth: boolean;
}

// A smooth interval's halves keep a sixteenth of Simpson's error; up to this share the path counts as smooth.
const SMOOTH = 0.3;
// The change by halving is fifteen times the remaining error (Richardson 1911), and less on a path that is not that
// smooth.
const CHANGE_PER_ERROR = 10;

// On a path that falls by nats within 1e-4, scores in f32 carry more rounding than elsewhere.
const SHORT = 2 ** -13;
const NO_GAIN = 0.9;

/** Integrates dφ_t/dα over the nodes and compares it with the change of φ_t, which is exact. */
export function measureInterval(nodes: readonly number[], samples: Samples): Interval {
  const from = nodes[0];
  const length = nodes[nodes.length - 1] - from;
  const weights = interpolatory(nodes.map((alpha) => (alpha - from) / length)).weights.map((weight) => weight * length);
  const trapezoids = nodes.map((_, k) => ((nodes[k + 1] ?? nodes[k]) - (nodes[k - 1] ?? nodes[k])) / 2);
  const residualOf = (rule: readonly number[]) => {
    const end = samples.get(nodes[nodes.length - 1])!.score;
    const residual = samples.get(from)!.score.map((value, t) => value - end[t]);
    nodes.forEach((alpha, k) => addScaled(residual, rule[k], samples.get(alpha)!.tangent));
    return residual;
  };
  const residual = residualOf(weights);
  return {
    nodes,
    weights,
    trapezoids,
    residual,
    trapezoidSize: norm(residualOf(trapezoids)),
    size: norm(residual),
    isSmooth: false,
    isNoise: false,
  };
}

/**
 * Returns the nodes of an interval's refinement, which has two more points and drops none: one part of more nodes if
 * the interval is smooth, else two parts that meet at the inner node next to the middle.
 */
export function refinedNodes({ nodes, isSmooth }: Interval): (readonly number[])[] {
  const from = nodes[0];
  const to = nodes[nodes.length - 1];
  if (nodes.length === 3 && isSmooth) return [LOBATTO_5.map((x) => place(from, to, x))];
  const distance = (k: number) => Math.abs(nodes[k] - (from + to) / 2);
  let at = 1;
  for (let k = 2; k < nodes.length - 1; k++) if (distance(k) < distance(at)) at = k;
  return [nodes.slice(0, at + 1), nodes.slice(at)].map(completed);
}

/**
 * Measures the parts of a refined interval. With few targets residuals may vanish by chance while the integrals of
 * single coordinates are wrong, so the change of these counts, too.
 */
export function measureParts(whole: Interval, parts: readonly (readonly number[])[], samples: Samples): Interval[] {
  const measured = parts.map((nodes) => measureInterval(nodes, samples));
  const change = integrate(whole, whole.weights, samples);
  for (const part of measured) addScaled(change, -1, integrate(part, part.weights, samples));
  // The more residuals there are, the less often they vanish together.
  const suggested = norm(change) / (CHANGE_PER_ERROR * whole.residual.length * parts.length);
  const left = measured.reduce((total, { residual }) => total + norm(residual), 0);
  const isSmooth = left < SMOOTH * norm(whole.residual);
  const [from, to] = [whole.nodes[0], whole.nodes[whole.nodes.length - 1]];
  const isNoise = to - from < SHORT * to && left > NO_GAIN * norm(whole.residual);
  return measured.map((part) => ({ ...part, isSmooth, isNoise, size: Math.max(part.size, suggested) }));
}

/** Σ_k weight_k gradient(α_k) over the nodes of an interval, [L] or [T L]. */
export function integrate({ nodes }: Interval, weights: readonly number[], samples: Samples): Float64Array {
  const integral = new Float64Array(samples.get(nodes[0])!.gradient.length);
  nodes.forEach((alpha, k) => addScaled(integral, weights[k], samples.get(alpha)!.gradient));
  return integral;
}

/** Completes a part: two nodes become Simpson's three; three with an inner node anywhere become four. */
function completed(nodes: readonly number[]): readonly number[] {
  const from = nodes[0];
  const to = nodes[nodes.length - 1];
  if (nodes.length === 2) return [from, place(from, to, 1 / 2), to];
  if (nodes.length > 3) return nodes;
  return [...nodes, place(from, to, simpsonComplement((nodes[1] - from) / (to - from)))].sort((a, b) => a - b);
}

/** Returns α at x in [0, 1] of an interval, rounded to f32 as devices take it; the ends stay exact. */
function place(from: number, to: number, x: number): number {
  return x === 0 ? from : x === 1 ? to : Math.fround(from + x * (to - from));
}

/** Σ |x| */
function norm(values: Float64Array): number {
  return values.reduce((total, value) => total + Math.abs(value), 0);
}
