import { studentQuantile, UPPER_95 } from "../statistics/student_t.ts";
import type { Scorer } from "./scorer.ts";

/** Rule that ends a sampling. */
export interface StandardErrorRule {
  /** Stops when the largest standard error is at most this, nats; never by default. */
  readonly standardError?: number | null;
  /** Attributions that the standard error is of: those of the sequence (default), or of every target. */
  readonly of?: "sequence" | "targets";
}

/** Standard errors of a sampled attribution. */
export interface Uncertainty {
  /** [T, N], nats */
  readonly standardError: Float64Array;
  /** Of the attribution of Σ_t F_t, [N], nats; no sum over t, as all targets share the same coalitions. */
  readonly sequenceStandardError: Float64Array;
  /** Independent draws behind them. */
  readonly samples: number;
  /** Of Student's t. */
  readonly degreesOfFreedom: number;
  /** Standard errors from the attribution to either end of its 95 % interval. */
  readonly halfWidth: number;
}

/** Reason why a sampler stopped. */
export interface SamplerStop {
  /** `exact`: every coalition was scored and nothing was left to sample. */
  readonly by: "standard-error" | "budget" | "samples" | "exact";
  /** The standard error that was asked for, nats; null if none was. */
  readonly asked: number | null;
  /** The largest standard error, nats; 0 if `by` is `exact`, null if there is none. */
  readonly reached: number | null;
  /** True if `reached` is at most `asked`; null if none was asked for. */
  readonly met: boolean | null;
}

/** Result of a perturbation method for N units and T targets; nats stand for the unit of the objective. */
export interface UnitAttribution {
  /** [T, N], nats */
  readonly attribution: Float64Array;
  /** Attribution of Σ_t F_t, [N], nats */
  readonly sequence: Float64Array;
  /** F_t with every unit kept, [T] */
  readonly input: Float64Array;
  /** F_t with every unit taken away, [T]; null if it has no score or the method does not take it. */
  readonly baseline: Float64Array | null;
  /** Null if the method is exact. */
  readonly uncertainty: Uncertainty | null;
  /** Null if the method does not stop by itself. */
  readonly stopped: SamplerStop | null;
  /** Model calls of the scorer in all. */
  readonly calls: number;
}

/**
 * Checks a standard error to reach; null stands for none.
 *
 * @throws {RangeError} if it is not positive
 */
export function assertReachable(standardError: number | null): void {
  if (standardError !== null && !(standardError > 0)) {
    throw new RangeError(`Cannot sample as the standard error asked for must be above 0: got ${standardError}`);
  }
}

/** Returns the range of vectors [T + 1, N] that a rule watches. */
export function watchedRange(of: StandardErrorRule["of"], targets: number, units: number): [from: number, to: number] {
  return of === "targets" ? [0, targets * units] : [targets * units, (targets + 1) * units];
}

/** Tells why a sampler stopped, and if it reached the standard error that was asked for. */
export function samplerStop(by: SamplerStop["by"], asked: number | null, reached: number | null): SamplerStop {
  return { by, asked, reached, met: asked === null ? null : reached !== null && reached <= asked };
}

/**
 * Builds the result of a method.
 *
 * @param columns attributions [T + 1, N], the sum over targets last
 * @param ends scores [T + 1] of every unit and of none, in this order; the second may be missing
 */
export function unitAttribution(
  { units: N, targets: T, spent }: Scorer,
  columns: ArrayLike<number>,
  [all, none]: readonly Float64Array[],
  { uncertainty = null, stopped = null }: Partial<Pick<UnitAttribution, "uncertainty" | "stopped">> = {},
): UnitAttribution {
  const { targets, sum } = splitColumns(columns, N);
  return {
    attribution: targets,
    sequence: sum,
    input: all.slice(0, T),
    baseline: none === undefined ? null : none.slice(0, T),
    uncertainty,
    stopped,
    calls: spent,
  };
}

/** Splits vectors of N numbers, one for each column and the sum over targets last, into targets and sequence. */
export function splitColumns(columns: ArrayLike<number>, units: number): { targets: Float64Array; sum: Float64Array } {
  const all = Float64Array.from(columns);
  const end = all.length - units;
  return { targets: all.slice(0, end), sum: all.slice(end) };
}

/** Returns standard errors [T + 1, N] with the terms of their 95 % intervals. */
export function uncertaintyOf(
  standardErrors: Float64Array,
  units: number,
  samples: number,
  degreesOfFreedom: number,
): Uncertainty {
  const { targets, sum } = splitColumns(standardErrors, units);
  return {
    standardError: targets,
    sequenceStandardError: sum,
    samples,
    degreesOfFreedom,
    halfWidth: studentQuantile(UPPER_95, degreesOfFreedom),
  };
}
