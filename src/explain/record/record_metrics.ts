/** A measure of an order of units against random orders: see `Faithfulness` of the metrics. */
export interface RecordFaithfulness {
  /** Nats. */
  readonly value: number;
  /** The same of random orders: mean and standard deviation, nats, and the number of orders. */
  readonly control: { readonly mean: number; readonly deviation: number; readonly orders: number };
  /** Advantage over their mean, nats, with its 95 % interval: positive is good for every measure. */
  readonly advantage: { readonly value: number; readonly low: number; readonly high: number };
  /** The chance of such a value if the order told nothing. */
  readonly chance: number;
  /**
   * Curves alone: scores after so many units were taken away or put back, nats, and the random orders' mean and
   * deviation.
   */
  readonly curve?: {
    readonly counts: readonly number[];
    readonly scores: readonly number[];
    readonly controlMean: readonly number[];
    readonly controlDeviation: readonly number[];
  };
}

/** Measures of the sequence attribution, as far as they were asked for. */
export interface RecordMetrics {
  /** Scheme that takes units away, in all but the sensitivity. */
  readonly scheme: string;
  /** Of random orders, coalitions and perturbations. */
  readonly seed: number;
  /** Mean height of the score while units are taken away, the largest attribution first. */
  readonly deletion?: RecordFaithfulness;
  /** Mean height of the score while units are put back, the largest attribution first. */
  readonly insertion?: RecordFaithfulness;
  /** Loss of the score without the units of the largest attributions. */
  readonly comprehensiveness?: RecordFaithfulness;
  /** Loss of the score with these alone. */
  readonly sufficiency?: RecordFaithfulness;
  /** Mean square of what the attribution misses of taking units away, nats², with its 95 % interval. */
  readonly infidelity?: {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    /** That of the attribution times `scale`, the factor that suits it best. */
    readonly scaled: number;
    readonly scale: number;
    /** Coalitions. */
    readonly samples: number;
  };
  /**
   * Largest and mean relative change of the attribution under small changes of the embeddings; null for one of zeros.
   */
  readonly sensitivity?: {
    readonly max: number | null;
    readonly mean: number | null;
    /** Perturbed inputs. */
    readonly samples: number;
    /** Largest change of a coordinate. */
    readonly radius: number;
  };
  /** Cost of the metrics, on top of the attribution's. */
  readonly cost: {
    /** Distinct prompts scored. */
    readonly calls: number;
    readonly forwardRows: number;
    readonly backwardRows: number;
    readonly seconds: number;
  };
}
