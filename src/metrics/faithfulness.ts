import type { Scorer } from "../perturbation/scorer.ts";
import { momentsOf } from "../statistics/moments.ts";
import { createRandom } from "../statistics/random.ts";
import { studentQuantile, UPPER_95 } from "../statistics/student_t.ts";
import { curveCounts, ORDER_MEASURES, type OrderMeasureName } from "./order_measure.ts";

/** Options of `measureFaithfulness`. */
export interface FaithfulnessOptions {
  /** Integer of 32 bits. */
  readonly seed: number;
  /** Random orders; 50 by default. The scorer's budget may allow fewer; the result tells their number. */
  readonly orders?: number;
  /** The target whose score is measured; the sum over all by default. */
  readonly target?: number;
  /** Points of the curves; one for each unit by default. */
  readonly points?: number;
}

/** A measure of an order of units, compared with random orders. */
export interface Faithfulness {
  /** Nats. */
  readonly value: number;
  /** Of the random orders. */
  readonly control: {
    /** Nats. */
    readonly mean: number;
    /** Standard deviation of single orders, nats. */
    readonly deviation: number;
    /** Number of random orders. */
    readonly orders: number;
  };
  /** Difference from the random orders' mean with its 95 % interval, nats; positive is good for every measure. */
  readonly advantage: { readonly value: number; readonly low: number; readonly high: number };
  /**
   * (1 + random orders at least as good) / (1 + random orders): the chance of such a value if the order meant nothing.
   */
  readonly chance: number;
  /** The curve of a deletion or insertion; null for the other measures. */
  readonly curve: ControlledCurve | null;
}

/** A deletion or insertion curve, compared with curves of random orders. */
export interface ControlledCurve extends RemovalCurve {
  /** Mean of the random orders at each point, nats. */
  readonly controlMean: readonly number[];
  /** Standard deviation of single orders there, nats. */
  readonly controlDeviation: readonly number[];
}

/**
 * Measures faithfulness against a control. Without one, a curve or a drop tells as much about the model as about the
 * attribution. The 95 % interval of the advantage is by Student's t over the random orders.
 *
 * Cost: N + 1 model calls for the order and up to N − 1 for each random one (curves); 6 and 5 (rationales).
 * Sources: as `ORDER_MEASURES`; Hooker et al., "A benchmark for interpretability methods in deep neural networks"
 * (2019) for random orders as control; Phipson & Smyth (2010) for the chance.
 *
 * @param order units, the most important first, as `orderOf` returns them
 * @throws {RangeError} if the budget has no room for the order and two random ones, or there is no such target
 */
export async function measureFaithfulness(
  scorer: Scorer,
  name: OrderMeasureName,
  order: readonly number[],
  { seed, orders = 50, target = scorer.targets, points }: FaithfulnessOptions,
): Promise<Faithfulness> {
  if (!(Number.isInteger(target) && target >= 0 && target < scorer.columns)) {
    throw new RangeError(`Cannot measure as the target must be 0 … ${scorer.targets - 1}: got ${target}`);
  }
  const measure = ORDER_MEASURES[name];
  const options = { scoresNothing: scorer.scoresNothing, points };
  const random = createRandom(seed);
  const request = scorer.gather();
  const sizes: number[] = [];
  const add = (one: readonly number[]) => {
    const coalitions = measure.coalitions(one, options);
    if (!request.add(coalitions)) return false;
    sizes.push(coalitions.length);
    return true;
  };
  let fits = add(order);
  while (fits && sizes.length <= orders) fits = add([...random.permutation(order.length)]);
  if (sizes.length < 3) {
    throw new RangeError(
      `Cannot measure ${name} as the order and two random ones must be scored: got room for ${sizes.length} in a ` +
        `budget of ${scorer.budget} calls`,
    );
  }
  const scores = await scorer.score(request.coalitions);
  let at = 0;
  const curves = sizes.map((size) => scores.slice(at, at += size).map((score) => score[target]));
  const [value, ...controls] = curves.map((own) => measure.value(own, order.length, options));
  return {
    ...compare(value, controls, measure.better),
    curve: measure.nothingAt && controlled(curves, curveCounts(order.length, options, measure.nothingAt)),
  };
}

/** Compares the first curve with the others. */
function controlled([scores, ...controls]: readonly (readonly number[])[], counts: readonly number[]): ControlledCurve {
  const moments = momentsOf(controls);
  const controlDeviation = [...moments.standardError()].map((error) => error * Math.sqrt(controls.length));
  return { counts, scores, controlMean: [...moments.mean()], controlDeviation };
}

function compare(
  value: number,
  controls: readonly number[],
  better: "lower" | "higher",
): Omit<Faithfulness, "curve"> {
  const moments = momentsOf(controls.map((control) => [control]));
  const [mean] = moments.mean();
  const [error] = moments.standardError();
  const n = controls.length;
  const sign = better === "higher" ? 1 : -1;
  const advantage = sign * (value - mean);
  const half = studentQuantile(UPPER_95, n - 1) * error;
  const asGood = controls.filter((control) => sign * control >= sign * value).length;
  return {
    value,
    control: { mean, deviation: error * Math.sqrt(n), orders: n },
    advantage: { value: advantage, low: advantage - half, high: advantage + half },
    chance: (1 + asGood) / (1 + n),
  };
}

/** A deletion or insertion curve. */
export interface RemovalCurve {
  /** Units taken away (deletion) or put back (insertion) at each point. */
  readonly counts: readonly number[];
  /** Scores there, nats. */
  readonly scores: readonly number[];
}

/**
 * Takes the curve whose mean height `deletion` or `insertion` is.
 *
 * @throws {RangeError} if the budget has no room for it
 */
export async function removalCurve(
  scorer: Scorer,
  name: "deletion" | "insertion",
  order: readonly number[],
  { target = scorer.targets, points }: Pick<FaithfulnessOptions, "target" | "points"> = {},
): Promise<RemovalCurve> {
  const options = { scoresNothing: scorer.scoresNothing, points };
  const measure = ORDER_MEASURES[name];
  const scores = await scorer.score(measure.coalitions(order, options));
  return {
    counts: curveCounts(order.length, options, measure.nothingAt),
    scores: scores.map((score) => score[target]),
  };
}
