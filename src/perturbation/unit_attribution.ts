import { studentQuantile, UPPER_95 } from "../statistics/student_t.ts";

/** How sure a sampled attribution is. */
export interface Uncertainty {
  /** [T, N], nats */
  readonly standardError: Float64Array;
  /** Of the attribution of Σ_t F_t, [N], nats; not a sum over t, as the same coalitions serve all targets. */
  readonly sequenceStandardError: Float64Array;
  /** Independent draws behind them. */
  readonly samples: number;
  /** Of Student's t. */
  readonly degreesOfFreedom: number;
  /** Standard errors from the attribution to either end of its 95 % interval. */
  readonly halfWidth: number;
}

/** Why a sampler stopped. */
export interface Stopped {
  /** `exact` where every coalition was scored and nothing was left to sample. */
  readonly by: "standard-error" | "budget" | "samples" | "exact";
  /** The standard error that was asked for, nats; null where none was. */
  readonly asked: number | null;
  /** The largest standard error of what the rule looks at, nats; 0 where `by` is `exact`, null where there is none. */
  readonly reached: number | null;
  /** Whether `reached` is at most `asked`; null where none was asked for. */
  readonly met: boolean | null;
}

/** What a perturbation method gives for N units and T targets. */
export interface UnitAttribution {
  /** [T, N], nats */
  readonly attribution: Float64Array;
  /** Attribution of Σ_t F_t, [N], nats */
  readonly sequence: Float64Array;
  /** F_t with every unit kept, [T] */
  readonly input: Float64Array;
  /** F_t with every unit taken away, [T]; null where it cannot be scored or the method does not ask. */
  readonly baseline: Float64Array | null;
  /** Null where the method computes exactly what it defines. */
  readonly uncertainty: Uncertainty | null;
  /** Null where the method does not stop by itself. */
  readonly stopped: Stopped | null;
  /** Model calls that the scorer has made in all. */
  readonly calls: number;
}

/** @throws {RangeError} where a standard error is asked for that no sampling could reach */
export function assertReachable(standardError: number | null): void {
  if (standardError !== null && !(standardError > 0)) {
    throw new RangeError(`Cannot sample as the standard error asked for must be above 0: got ${standardError}`);
  }
}

/** One vector of N numbers a column, the sum over targets last, as targets and sequence. */
export function splitColumns(columns: ArrayLike<number>, units: number): { targets: Float64Array; sum: Float64Array } {
  const all = Float64Array.from(columns);
  const end = all.length - units;
  return { targets: all.slice(0, end), sum: all.slice(end) };
}

/** Standard errors [T + 1, N] with what makes intervals of them. */
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
