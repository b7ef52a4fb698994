import { sum } from "../../statistics/sums.ts";
import type { AttributionRecord } from "./record.ts";
import type { RecordSpan } from "./record_through.ts";

/** A span of the target and its influence on the answer, to be held against what is known of it. */
export interface SpanInfluence extends RecordSpan {
  /** Share of all chains from the answer that pass the span: with absolute shares a probability. */
  readonly reach: number;
  /** Share that the answer reads from it without a step between. */
  readonly read: number;
  /** Share of the prompt's influence whose last step before the answer is in it: these and the direct one add up. */
  readonly last: number;
}

/**
 * Returns the influence of each span on the answer, in order.
 *
 * @throws {RangeError} if chains were not followed
 */
export function spanInfluences({ through }: Pick<AttributionRecord, "through">): SpanInfluence[] {
  if (through === undefined) {
    throw new RangeError("Cannot tell the influence of spans as the record must have followed chains: got no through");
  }
  return through.spans.map(({ part, ...span }) => ({ ...span, last: sum(part) }));
}
