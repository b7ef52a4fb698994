import { ORDER_MEASURE_NAMES } from "../../metrics/order_measure.ts";
import { type ClusteredMean, clusteredMean, type ClusteredValue } from "../../statistics/clustered_mean.ts";
import type { Comparison } from "./comparison.ts";
import type { ResultRow } from "./results.ts";

/** One number that an experiment finds: a measure's mean over prompts with its interval. */
export interface Finding {
  /** What it is found of: a method, or two cells. */
  readonly label: string;
  readonly measure: string;
  readonly mean: ClusteredMean;
  /** The values it is the mean of, by prompt. */
  readonly cases: readonly ClusteredValue[];
}

/** Findings that belong into one table and one plot. */
export interface Findings {
  /** Part of file names. */
  readonly name: string;
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** A measure of something: its name, its value where it has one, and whether it is a share of a whole. */
interface Measure<T> {
  readonly name: string;
  value(one: T): number | null;
  readonly isShare?: boolean;
}

type TruthScore = ResultRow["truth"][number];
const TRUTH_MEASURES: readonly Measure<TruthScore>[] = [
  { name: "largest is a cause", value: ({ top }) => top, isShare: true },
  { name: "precision at k", value: ({ precision }) => precision, isShare: true },
  { name: "ROC AUC", value: ({ auc }) => auc, isShare: true },
  { name: "average precision", value: ({ averagePrecision }) => averagePrecision, isShare: true },
];

const METRIC_MEASURES: readonly Measure<ResultRow>[] = [
  ...ORDER_MEASURE_NAMES.map((name) => ({
    name: `${name}, better than chance by`,
    value: ({ metrics }: ResultRow) => metrics?.[name]?.advantage.value ?? null,
  })),
  { name: "infidelity", value: ({ metrics }) => metrics?.infidelity?.value ?? null },
  { name: "infidelity, scaled", value: ({ metrics }) => metrics?.infidelity?.scaled ?? null },
  { name: "max-sensitivity", value: ({ metrics }) => metrics?.sensitivity?.max ?? null },
];

type Pair = Comparison["pairs"][number];
const AGREEMENT_MEASURES: readonly Measure<Pair>[] = [
  { name: "Pearson", value: ({ agreement }) => agreement.pearson },
  { name: "Spearman", value: ({ agreement }) => agreement.spearman },
  { name: "Kendall τ", value: ({ agreement }) => agreement.kendall },
  { name: "top-k overlap", value: ({ agreement }) => agreement.topOverlap, isShare: true },
  { name: "same sign", value: ({ agreement }) => agreement.signAgreement, isShare: true },
  { name: "L1 distance", value: ({ agreement }) => agreement.relativeDistance },
];

type Group = Comparison["stabilities"][number];
const STABILITY_MEASURES: readonly Measure<Group>[] = [
  { name: "deviation / mean", value: ({ stability }) => stability.relativeDeviation },
  { name: "sign never changes", value: ({ stability }) => stability.sameSign, isShare: true },
  { name: "Spearman, mean of pairs", value: ({ stability }) => stability.meanAgreement.spearman },
  { name: "Spearman, worst pair", value: ({ stability }) => stability.worstAgreement.spearman },
  { name: "L1 distance, worst pair", value: ({ stability }) => stability.worstAgreement.relativeDistance },
];

/** All that an experiment finds beside completeness; parts without a number are left out. */
export function findingsOf(rows: readonly ResultRow[], comparisons: readonly Comparison[]): Findings[] {
  const label = labelOf(rows);
  const scores = rows.flatMap((row) => row.truth.map((score) => ({ row, score })));
  const all: Findings[] = [
    {
      name: "truth",
      title: "Against the known causes",
      findings: summarize(scores, {
        label: ({ row }) => label(row),
        cluster: ({ row }) => row.cell.prompt,
        measures: TRUTH_MEASURES.map((measure) => ({ ...measure, value: ({ score }) => measure.value(score) })),
      }),
    },
    {
      name: "metrics",
      title: "Faithfulness and robustness",
      findings: summarize(rows, { label, cluster: ({ cell }) => cell.prompt, measures: METRIC_MEASURES }),
    },
    ...comparisons.flatMap((comparison): Findings[] => [
      {
        name: `agreement-${comparison.name}`,
        title: `Agreement: ${comparison.name}`,
        findings: summarize(comparison.pairs, {
          label: (pair) => pairLabel(pair, comparison),
          cluster: ({ prompt }) => prompt,
          measures: AGREEMENT_MEASURES,
        }),
      },
      {
        name: `stability-${comparison.name}`,
        title: `Stability: ${comparison.name}`,
        findings: summarize(comparison.stabilities, {
          label: ({ where }) => where === "" ? `across ${comparison.across.join(", ")}` : where,
          cluster: ({ prompt }) => prompt,
          measures: STABILITY_MEASURES,
        }),
      },
    ]),
  ];
  return all.filter(({ findings }) => findings.length > 0);
}

/** The setting of a cell, with its model where there are several. */
function labelOf(rows: readonly ResultRow[]): (row: ResultRow) => string {
  const model = ({ cell }: ResultRow) => `${cell.model.source} ${cell.model.quantize}`;
  const many = new Set(rows.map(model)).size > 1;
  return (row) => many ? `${row.cell.setting}, ${model(row)}` : row.cell.setting;
}

function pairLabel({ where, labels: [a, b] }: Pair, { hasReference, pairs }: Comparison): string {
  const oneReference = hasReference && pairs.every(({ labels }) => labels[1] === b);
  return [where, oneReference ? a : `${a} / ${b}`].filter((part) => part !== "").join(": ");
}

/** Means by label and measure, in the order of the first of each. */
function summarize<T>(
  items: readonly T[],
  { label, cluster, measures }: {
    label(item: T): string;
    cluster(item: T): string;
    readonly measures: readonly Measure<T>[];
  },
): Finding[] {
  return [...Map.groupBy(items, label)].flatMap(([name, members]) =>
    measures.flatMap(({ name: measure, value, isShare }): Finding[] => {
      const cases = members.flatMap((item) => {
        const found = value(item);
        return found === null || !Number.isFinite(found) ? [] : [{ cluster: cluster(item), value: found }];
      });
      return cases.length === 0 ? [] : [{ label: name, measure, mean: clusteredMean(cases, isShare), cases }];
    })
  );
}
