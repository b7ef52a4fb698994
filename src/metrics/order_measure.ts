import { type Coalition, everyUnit, noUnit } from "../perturbation/coalition.ts";

/** A measure of an order of units, the most important first: does the model rely on the first ones? */
interface OrderMeasure {
  /** The good direction. */
  readonly better: "lower" | "higher";
  /** End of its curve at which every unit is gone; null if the measure has no curve. */
  readonly nothingAt: "start" | "end" | null;
  /** Returns the coalitions to score for an order of N units. */
  coalitions(order: readonly number[], options: MeasureOptions): Coalition[];
  /** Returns the measure, nats, from the scores of these coalitions. */
  value(scores: ArrayLike<number>, units: number, options: MeasureOptions): number;
}

/** Options of a measure. */
interface MeasureOptions {
  /** True if there is a score with every unit taken away. */
  readonly scoresNothing: boolean;
  /** Points of a curve, at least 2, spread evenly; N + 1 by default. */
  readonly points?: number;
}

/** Names of the measures. */
export const ORDER_MEASURE_NAMES = ["deletion", "insertion", "comprehensiveness", "sufficiency"] as const;

/** One of `ORDER_MEASURE_NAMES`. */
export type OrderMeasureName = typeof ORDER_MEASURE_NAMES[number];

/** Shares of the units that count as the rationale; the measure is the mean over them. */
const RATIONALE_SHARES = [0.01, 0.05, 0.1, 0.2, 0.5] as const;

/**
 * - `deletion`: mean height of the score while units are taken away, the most important first.
 * - `insertion`: mean height of the score while units are put back into an empty prompt, the most important first.
 * - `comprehensiveness`: F(x) − F(x without the rationale), the mean over shares of units that make it.
 * - `sufficiency`: F(x) − F(the rationale alone), likewise.
 *
 * Sources: Petsiuk, Das & Saenko, "RISE" (2018) for the curves; DeYoung et al., "ERASER" (2020), equations 1–3.
 */
export const ORDER_MEASURES = {
  deletion: {
    better: "lower",
    nothingAt: "end",
    coalitions: (order, options) => curveCounts(order.length, options, "end").map((count) => without(order, count)),
    value: (scores, units, options) => meanHeight(scores, curveCounts(units, options, "end")),
  },
  insertion: {
    better: "higher",
    nothingAt: "start",
    coalitions: (order, options) => curveCounts(order.length, options, "start").map((count) => alone(order, count)),
    value: (scores, units, options) => meanHeight(scores, curveCounts(units, options, "start")),
  },
  comprehensiveness: {
    better: "higher",
    nothingAt: null,
    coalitions: (order) => [everyUnit(order.length), ...rationales(order.length).map((count) => without(order, count))],
    value: meanDrop,
  },
  sufficiency: {
    better: "lower",
    nothingAt: null,
    coalitions: (order) => [everyUnit(order.length), ...rationales(order.length).map((count) => alone(order, count))],
    value: meanDrop,
  },
} as const satisfies Record<OrderMeasureName, OrderMeasure>;

/**
 * Returns the number of units taken away or put back at each point of a curve, ascending. The empty prompt is left out
 * if it has no score.
 *
 * @throws {RangeError} if points are fewer than 2
 */
export function curveCounts(
  units: number,
  { scoresNothing, points = units + 1 }: MeasureOptions,
  nothingAt: "start" | "end",
): number[] {
  if (!(points >= 2)) throw new RangeError(`Cannot draw a curve as it must have at least 2 points: got ${points}`);
  const first = nothingAt === "start" && !scoresNothing ? 1 : 0;
  const last = nothingAt === "end" && !scoresNothing ? units - 1 : units;
  const count = Math.min(points, last - first + 1);
  if (count < 2) return [first];
  return Array.from({ length: count }, (_, p) => first + Math.round(p * (last - first) / (count - 1)));
}

/** Returns units from the largest attribution to the smallest, the earlier of equal ones first. */
export function orderOf(attribution: ArrayLike<number>): number[] {
  return Array.from({ length: attribution.length }, (_, i) => i).sort((a, b) =>
    attribution[b] - attribution[a] || a - b
  );
}

/** Returns the area under the curve by trapezoids, divided by its width. */
function meanHeight(scores: ArrayLike<number>, counts: readonly number[]): number {
  const width = counts[counts.length - 1] - counts[0];
  if (width === 0) return scores[0];
  let area = 0;
  for (let i = 1; i < counts.length; i++) area += (counts[i] - counts[i - 1]) * (scores[i] + scores[i - 1]) / 2;
  return area / width;
}

function meanDrop(scores: ArrayLike<number>): number {
  let total = 0;
  for (let i = 1; i < scores.length; i++) total += scores[0] - scores[i];
  return total / (scores.length - 1);
}

function rationales(units: number): number[] {
  return RATIONALE_SHARES.map((share) => Math.ceil(share * units));
}

/** Keeps all but the first `count` units of an order. */
function without(order: readonly number[], count: number): Coalition {
  const kept = everyUnit(order.length);
  for (const unit of order.slice(0, count)) kept[unit] = 0;
  return kept;
}

/** Keeps the first `count` units of an order. */
function alone(order: readonly number[], count: number): Coalition {
  const kept = noUnit(order.length);
  for (const unit of order.slice(0, count)) kept[unit] = 1;
  return kept;
}
