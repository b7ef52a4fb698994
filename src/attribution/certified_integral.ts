import { integrate, type Interval, type Samples } from "./interval.ts";
import type { PathFunction, PathIntegral, ResistingPart } from "./path_function.ts";
import { addScaled } from "../statistics/sums.ts";

// Measured on 60 models and paths (test/attribution/honesty_test.ts): the ratio of two rules' errors differs between
// entries, and a nested difference may vanish by chance while the error does not.
const ENTRY_SAFETY = 1.5;
const ENTRY_SHARE = 0.5;
// More would not be read.
const RESISTING = 0.9;
const MOST_RESISTING = 8;
// Parts of the path that are as near as this are one to a reader.
const NEAR = 2 ** -10;

/** Terms of a certificate. */
interface Certification {
  /** Σ_t |φ_t(1) − φ_t(0)| */
  readonly gap: number;
  /** κ to reach. */
  readonly tolerance: number;
  readonly gradient: "sequence" | "token";
}

/** Sums the quadratures of the intervals, with the certificate and an estimate of each entry's error. */
export function certifiedIntegral(
  intervals: readonly Interval[],
  samples: Samples,
  path: PathFunction,
  { gap, tolerance, gradient }: Certification,
): Omit<PathIntegral, "pathPoints" | "arithmeticFloor"> {
  const size = gradient === "token" ? path.targets * path.tokens : path.tokens;
  const attribution = new Float64Array(size);
  const total = new Float64Array(path.targets);
  const entryError = new Float64Array(size);
  const perTarget = new Float64Array(path.targets);
  const inside = samples.get(1)!.inside && new Float64Array(samples.get(1)!.inside!.length);
  for (const interval of intervals) {
    const integral = integrate(interval, interval.weights, samples);
    const difference = integrate(interval, interval.trapezoids, samples);
    addScaled(difference, -1, integral);
    addScaled(attribution, 1, integral);
    interval.nodes.forEach((alpha, k) => {
      const sample = samples.get(alpha)!;
      addScaled(total, interval.weights[k], sample.tangent);
      if (inside !== undefined) addScaled(inside, interval.weights[k], sample.inside!);
    });
    addEntryErrors(entryError, interval, difference, path.tokens);
    interval.residual.forEach((value, t) => perTarget[t] += Math.abs(value));
  }
  const input = samples.get(1)!.score;
  const baseline = samples.get(0)!.score;
  const certificate = relative(errorOf(intervals), gap);
  const met = certificate !== null && certificate <= tolerance;
  const certified = {
    certificate,
    perTarget: [...perTarget].map((error, t) => relative(error, Math.abs(input[t] - baseline[t]))),
    entryError,
    met,
    resisting: met ? [] : resisting(intervals),
  };
  return { attribution, total, ...(inside === undefined ? {} : { inside }), input, baseline, certified };
}

/** Σ over intervals of Σ_t |r_t|: κ times the gap. */
export function errorOf(intervals: readonly Interval[]): number {
  return intervals.reduce((total, { size }) => total + size, 0);
}

/**
 * Adds an interval's estimate of each entry's error. The difference from the trapezoids is their error, entry by entry;
 * the residuals of the sums tell how much smaller the rule's error is. An even share of the residual is added.
 */
function addEntryErrors(
  entryError: Float64Array,
  { residual, size, trapezoidSize }: Interval,
  difference: Float64Array,
  tokens: number,
): void {
  const ratio = trapezoidSize === 0 ? 1 : Math.min(1, size / trapezoidSize);
  const ofRow = difference.length === tokens ? () => size : (row: number) => Math.abs(residual[row]);
  difference.forEach((value, i) => {
    const share = ofRow(Math.floor(i / tokens)) / tokens;
    entryError[i] += ENTRY_SAFETY * ratio * Math.abs(value) + ENTRY_SHARE * share;
  });
}

/** Returns the largest intervals, until they hold nine tenths of κ; near ones are joined, ascending. */
function resisting(intervals: readonly Interval[]): ResistingPart[] {
  const error = errorOf(intervals);
  let held = 0;
  const worst: Interval[] = [];
  for (const interval of intervals.toSorted((a, b) => b.size - a.size)) {
    if (held >= RESISTING * error) break;
    worst.push(interval);
    held += interval.size;
  }
  const joined: ResistingPart[] = [];
  for (const { nodes, size } of worst.toSorted((a, b) => a.nodes[0] - b.nodes[0])) {
    const [from, to] = [nodes[0], nodes[nodes.length - 1]];
    const last = joined.at(-1);
    const share = size / error;
    if (last && from - last.to <= NEAR) joined[joined.length - 1] = { from: last.from, to, share: last.share + share };
    else joined.push({ from, to, share });
  }
  return joined.toSorted((a, b) => b.share - a.share).slice(0, MOST_RESISTING).toSorted((a, b) => a.from - b.from);
}

function relative(error: number, scale: number): number | null {
  return scale > 0 ? error / scale : error === 0 ? 0 : null;
}
