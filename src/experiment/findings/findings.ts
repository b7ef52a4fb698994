import { type ClusteredMean, clusteredMean, type ClusteredValue } from "../../statistics/clustered_mean.ts";
import type { Comparison } from "./comparison/compare_cells.ts";
import { AGREEMENT_MEASURES, type Measure, METRIC_MEASURES, STABILITY_MEASURES, TRUTH_MEASURES } from "./measures.ts";
import type { ResultRow } from "./result_row.ts";

/** One number that an experiment finds: a measure's mean over prompts with its interval. */
export interface Finding {
  /** A method, or two cells. */
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
export function labelOf(rows: readonly ResultRow[]): (row: ResultRow) => string {
  const model = ({ cell }: ResultRow) => `${cell.model.source} ${cell.model.quantize}`;
  const many = new Set(rows.map(model)).size > 1;
  return (row) => many ? `${row.cell.setting}, ${model(row)}` : row.cell.setting;
}

function pairLabel(
  { where, labels: [a, b] }: Comparison["pairs"][number],
  { hasReference, pairs }: Comparison,
): string {
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
