import { writeIfChanged } from "../../files/whole_file.ts";
import { compareCells } from "../findings/comparison/compare_cells.ts";
import { findingsOf } from "../findings/findings.ts";
import { cellPairsCsv } from "../findings/comparison/cell_pairs_csv.ts";
import { findingsCsv } from "../findings/findings_csv.ts";
import { truthCsv } from "../findings/truth/truth_csv.ts";
import { plotCompleteness } from "../findings/plots/plot_completeness.ts";
import { plotDistances } from "../findings/plots/plot_distances.ts";
import { plotFindings } from "../findings/plots/plot_findings.ts";
import { plotPrompts } from "../findings/plots/plot_prompts.ts";
import { writeReport } from "../findings/report/write_report.ts";
import type { ReportPage } from "../../report/page/report_page.ts";
import type { ResultRow } from "../findings/result_row.ts";
import { type Found, summaryText } from "../findings/summary/summary_text.ts";
import { writeResultTables } from "../results/result_tables.ts";
import type { RecordReader } from "../store/record_reader.ts";
import { type CellOutcome, rowsOf } from "./cell_outcome.ts";
import type { ExperimentPlan } from "./cell.ts";
import type { ResultStore } from "./result_store.ts";

/** Name of the summary. */
export const SUMMARY = "summary.md";

/**
 * Writes the tables, plots, the summary and the report of all cells. Files that would not change stay as they are.
 *
 * @param page of the report, which has the cells already
 * @returns paths of summary.md and report.html
 */
export async function writeResults(
  store: ResultStore,
  plan: ExperimentPlan,
  outcomes: readonly CellOutcome[],
  reader: RecordReader,
  page: ReportPage,
): Promise<{ readonly summary: string; readonly report: string }> {
  const rows = rowsOf(outcomes);
  await writeResultTables(store, rows);
  const hasPlot = await plotCompleteness(store, rows, plan.name);
  const comparisons = plan.comparisons.map((spec) => compareCells(rows, spec));
  const found = {
    comparisons,
    findings: findingsOf(rows, comparisons),
    distances: await plotDistances(store, comparisons, plan.name),
  };
  await writeFindings(store, rows, found, plan.name);
  if (plan.plots === "prompts") await plotPrompts(store, rows, reader);
  const summary = store.path(SUMMARY);
  await writeIfChanged(summary, summaryText(plan, outcomes, store.directory, hasPlot, found));
  return { summary, report: await writeReport(store, page, { plan, outcomes, hasPlot, found }) };
}

/** Writes a table and plots of each kind of finding that there is. */
async function writeFindings(
  store: ResultStore,
  rows: readonly ResultRow[],
  { comparisons, findings }: Found,
  name: string,
): Promise<void> {
  if (findings.length > 0) await writeIfChanged(store.path("findings.csv"), findingsCsv(findings));
  if (comparisons.length > 0) await writeIfChanged(store.path("agreement.csv"), cellPairsCsv(comparisons));
  if (rows.some(({ truth }) => truth.length > 0)) await writeIfChanged(store.path("truth.csv"), truthCsv(rows));
  await plotFindings(store, findings, name);
}
