import type { Sampling } from "../judged.ts";
import { matrixRows } from "./matrix_rows.ts";

/** Calls of a perturbation method, or of one that samples, and how it ended. */
export interface RecordSampling {
  /** Distinct prompts scored, or path points of random baselines. */
  readonly calls: number;
  /** Independent draws; null if nothing was drawn. */
  readonly samples: number | null;
  /** Of Student's t. */
  readonly degreesOfFreedom: number | null;
  /** Standard errors from an attribution to either end of its 95 % interval. */
  readonly halfWidth: number | null;
  /** [T][L] standard errors of `tokenAttribution`, nats; null if there is none. */
  readonly tokenStandardError: readonly (readonly number[])[] | null;
  /** Why the sampling ended; null for methods that do not stop by themselves. */
  readonly stopped: {
    /** `exact` if nothing was left to sample. */
    readonly by: "standard-error" | "budget" | "samples" | "exact";
    /** Standard error asked for, nats; null if none was. */
    readonly asked: number | null;
    /** The largest, nats; null if there is none. */
    readonly reached: number | null;
    /** True if `reached` is at most `asked`; null if none was asked for. */
    readonly met: boolean | null;
  } | null;
}

/** Describes the sampling of a prompt of L tokens. */
export function recordSampling({ calls, stopped, uncertainty }: Sampling, L: number): RecordSampling {
  return {
    calls,
    stopped,
    samples: uncertainty && uncertainty.samples,
    degreesOfFreedom: uncertainty && uncertainty.degreesOfFreedom,
    halfWidth: uncertainty && uncertainty.halfWidth,
    tokenStandardError: uncertainty && uncertainty.standardError && matrixRows(uncertainty.standardError, L),
  };
}
