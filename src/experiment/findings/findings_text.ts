import { stringify } from "npm:csv-stringify@6/sync";
import { numberText } from "../../report/text/number_text.ts";
import type { TextTable } from "../../report/text/text_table.ts";
import type { Comparison } from "./comparison.ts";
import type { Finding, Findings } from "./findings.ts";
import type { ResultRow } from "./results.ts";

/** A row for each label, a column for each measure: mean and 95 % interval over prompts. */
export function findingsTable({ findings }: Findings): TextTable {
  const measures = [...new Set(findings.map(({ measure }) => measure))];
  const rows = [...Map.groupBy(findings, ({ label }) => label)].map(([label, members]) => {
    const texts = measures.map((measure) => {
      const found = members.find((one) => one.measure === measure);
      return found === undefined ? "" : meanText(found);
    });
    return [label, String(members[0].mean.clusters), ...texts];
  });
  return { head: ["of", "prompts", ...measures], rows };
}

function meanText({ mean: { value, low, high } }: Finding): string {
  const interval = low === null || high === null ? "" : ` (${numberText(low, 3)} … ${numberText(high, 3)})`;
  return numberText(value, 3) + interval;
}

/** Every finding as CSV: the numbers that tables and plots show. */
export function findingsCsv(all: readonly Findings[]): string {
  const rows = all.flatMap(({ name, findings }) =>
    findings.map(({ label, measure, mean: { value, low, high, clusters, values } }) => ({
      ...{ finding: name, of: label, measure, mean: value, low, high, prompts: clusters, values },
    }))
  );
  const columns = ["finding", "of", "measure", "mean", "low", "high", "prompts", "values"];
  return stringify(rows, { header: true, columns });
}

/** Every pair of cells that was compared, as CSV. */
export function agreementCsv(comparisons: readonly Comparison[]): string {
  const rows = comparisons.flatMap(({ name, pairs }) =>
    pairs.map(({ where, prompt, a, b, labels, units, agreement }) => ({
      ...{ comparison: name, where, prompt, a: labels[0], b: labels[1], cell_a: a.cell.id, cell_b: b.cell.id, units },
      pearson: finite(agreement.pearson),
      spearman: finite(agreement.spearman),
      kendall: finite(agreement.kendall),
      top: agreement.top,
      top_overlap: agreement.topOverlap,
      sign_agreement: finite(agreement.signAgreement),
      relative_distance: finite(agreement.relativeDistance),
      path_points_a: a.cost.pathPoints,
      seconds_a: a.cost.seconds,
    }))
  );
  return stringify(rows, { header: true });
}

/** How well each attribution finds each known cause, as CSV. */
export function truthCsv(rows: readonly ResultRow[]): string {
  return stringify(
    rows.flatMap(({ cell, truth }) =>
      truth.map(({ target, units, causes, top, precision, auc, averagePrecision, largest }) => ({
        ...{ cell: cell.id, prompt: cell.prompt, setting: cell.setting, target, units, causes, top, precision, auc },
        average_precision: averagePrecision,
        largest: largest.trim(),
      }))
    ),
    { header: true },
  );
}

/** Correlations of constants do not exist. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
