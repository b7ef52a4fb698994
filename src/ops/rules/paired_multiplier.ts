import { logitsOf } from "../head/logit_slices.ts";
import { logToMean } from "../head/shannon.ts";
import { softCapOf } from "../head/soft_cap.ts";
import type { PairedAttributes, PairedMeasure } from "./paired_measure.ts";
import { logMean, tanhSlope } from "./slopes.ts";

/** A row at both points, [D] each; its target or reference logits [V]; and the head's weight [V, D]. */
interface PairedRow {
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly given: number | Float64Array;
  readonly values: Float32Array;
}

/** Returns the multipliers [V] of a row's logits before any soft-cap. */
export function multiplierOf(
  { measure, ...head }: PairedAttributes,
  { start, end, given, values }: PairedRow,
): Float64Array {
  const raw = [start, end].map((h) => logitsOf(h, values, {}));
  const cap = softCapOf(head.softCap);
  const [first, last] = raw.map((z) => logProbabilities(z.map(cap.value)));
  const means = first.map((log, v) => logMean(log, last[v]));
  const weights = weightsOf(measure, given, { first, last, means });
  const total = sum(means);
  const whole = sum(weights);
  const slope = (v: number) =>
    head.softCap === undefined ? 1 : tanhSlope(raw[0][v] / head.softCap, raw[1][v] / head.softCap);
  return means.map((mean, v) => {
    // The sum of the others has the digits that 1 − mean / total would lose if the target is all but certain.
    const own = typeof given === "number" && v === given && measure !== "entropy"
      ? weights[v] * sum(means.map((other, u) => u === v ? 0 : other)) / total
      : weights[v] - mean * whole / total;
    return slope(v) * own;
  });
}

/** The a_v of a score whose change is Σ a Δlog p. */
function weightsOf(
  measure: PairedMeasure,
  given: number | Float64Array,
  { first, last, means }: Readonly<Record<"first" | "last" | "means", Float64Array>>,
): Float64Array {
  switch (measure) {
    case "log-prob":
      return means.map((_, v) => v === given ? 1 : 0);
    case "probability":
      return means.map((mean, v) => v === given ? mean : 0);
    case "entropy":
      return means.map((mean, v) => -(Math.exp(first[v]) + Math.exp(last[v]) + mean * (first[v] + last[v])) / 2);
    case "divergence":
      return logProbabilities(given as Float64Array).map((log) => -Math.exp(log));
    case "jensen-shannon": {
      const others = logProbabilities(given as Float64Array);
      return means.map((mean, v) => shannonWeight(first[v], last[v], mean, others[v]));
    }
  }
}

/** p log p − 2 m log m of both points by the product rule: Δm = Δp / 2, m = (p + p⁰) / 2. */
function shannonWeight(first: number, last: number, mean: number, other: number): number {
  const [start, end] = [logToMean(first - other), logToMean(last - other)];
  const middle = (Math.exp(first - start) + Math.exp(last - end)) / 2 / logMean(first - start, last - end);
  return ((Math.exp(first) + Math.exp(last)) / 2 - mean * middle + mean * (start + end) / 2) / 2;
}

function logProbabilities(logits: Float64Array): Float64Array {
  const top = logits.reduce((a, b) => Math.max(a, b));
  const total = Math.log(sum(logits.map((z) => Math.exp(z - top))));
  return logits.map((z) => z - top - total);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
