import { ORDER_MEASURE_NAMES } from "../../metrics/order_measure.ts";
import type { Comparison } from "./comparison/compare_cells.ts";
import type { ResultRow } from "./result_row.ts";

/** A measure of something: its name, its value, null if there is none, and true if it is a share of a whole. */
export interface Measure<T> {
  readonly name: string;
  value(one: T): number | null;
  readonly isShare?: boolean;
}

/** Measures of an attribution against the known causes. */
export const TRUTH_MEASURES: readonly Measure<ResultRow["truth"][number]>[] = [
  { name: "largest is a cause", value: ({ top }) => top, isShare: true },
  { name: "precision at k", value: ({ precision }) => precision, isShare: true },
  { name: "ROC AUC", value: ({ auc }) => auc, isShare: true },
  { name: "average precision", value: ({ averagePrecision }) => averagePrecision, isShare: true },
];

/** Metrics of an attribution. */
export const METRIC_MEASURES: readonly Measure<ResultRow>[] = [
  ...ORDER_MEASURE_NAMES.map((name) => ({
    name: `${name}, better than chance by`,
    value: ({ metrics }: ResultRow) => metrics?.[name]?.advantage.value ?? null,
  })),
  { name: "infidelity", value: ({ metrics }) => metrics?.infidelity?.value ?? null },
  { name: "infidelity, scaled", value: ({ metrics }) => metrics?.infidelity?.scaled ?? null },
  { name: "max-sensitivity", value: ({ metrics }) => metrics?.sensitivity?.max ?? null },
];

/** Measures of the agreement of two cells. */
export const AGREEMENT_MEASURES: readonly Measure<Comparison["pairs"][number]>[] = [
  { name: "Pearson", value: ({ agreement }) => agreement.pearson },
  { name: "Spearman", value: ({ agreement }) => agreement.spearman },
  { name: "Kendall τ", value: ({ agreement }) => agreement.kendall },
  { name: "top-k overlap", value: ({ agreement }) => agreement.topOverlap, isShare: true },
  { name: "same sign", value: ({ agreement }) => agreement.signAgreement, isShare: true },
  { name: "L1 distance", value: ({ agreement }) => agreement.relativeDistance },
];

/** Measures of the variation of a group of cells. */
export const STABILITY_MEASURES: readonly Measure<Comparison["stabilities"][number]>[] = [
  { name: "deviation / mean", value: ({ stability }) => stability.relativeDeviation },
  { name: "sign never changes", value: ({ stability }) => stability.sameSign, isShare: true },
  { name: "Spearman, mean of pairs", value: ({ stability }) => stability.meanAgreement.spearman },
  { name: "Spearman, worst pair", value: ({ stability }) => stability.worstAgreement.spearman },
  { name: "L1 distance, worst pair", value: ({ stability }) => stability.worstAgreement.relativeDistance },
];
