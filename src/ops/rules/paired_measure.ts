import type { HeadAttributes } from "../head/logit_slices.ts";

/** A score of a row's distribution. */
export type PairedMeasure = "log-prob" | "probability" | "entropy" | "divergence" | "jensen-shannon";

/** The head, and the score of its distribution. */
export interface PairedAttributes extends Omit<HeadAttributes, "gradient"> {
  readonly measure: PairedMeasure;
}
