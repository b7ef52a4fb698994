import { ORDER_MEASURE_NAMES } from "../../metrics/order_measure.ts";

/** Metrics of an attribution that ask the model more questions. */
export const METRIC_NAMES = [...ORDER_MEASURE_NAMES, "infidelity", "sensitivity"] as const;

/** One of `METRIC_NAMES`. */
export type MetricName = typeof METRIC_NAMES[number];

/** What to measure a sequence attribution by. */
export interface MetricOptions {
  /** Which metrics. */
  readonly names: readonly MetricName[];
  /** What takes the place of units that are taken away, whatever the method does: as `AttributionOptions.scheme`. */
  readonly scheme: string;
  /** Random orders that deletion, insertion, comprehensiveness and sufficiency are compared with, ≥ 2. */
  readonly orders: number;
  /** Coalitions that infidelity is the mean over, ≥ 2. */
  readonly samples: number;
  /** Perturbed inputs of the sensitivity, ≥ 1. */
  readonly perturbations: number;
  /** Largest change of an embedding's coordinate for the sensitivity, > 0. */
  readonly radius: number;
  /** Of random orders, coalitions and perturbations. */
  readonly seed: number;
}

/** The defaults: those of the literature that docs/methods.md names. */
export const DEFAULT_METRICS: Omit<MetricOptions, "names"> = {
  scheme: "delete",
  orders: 50,
  samples: 100,
  perturbations: 10,
  radius: 0.02,
  seed: 0,
};
