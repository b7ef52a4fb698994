import { readIfThere } from "../../../files/text_file.ts";
import { writeIfChanged } from "../../../files/whole_file.ts";
import { type ReportCell, reportPage } from "../../../report/page/report_page.ts";
import type { ExperimentPlan } from "../../run/cell.ts";
import { type CellOutcome, rowsOf } from "../../run/cell_outcome.ts";
import { readStored, type ResultStore } from "../../run/result_store.ts";
import type { ResultRow } from "../result_row.ts";
import type { Found } from "../summary/summary_text.ts";
import { cellFields } from "./cell_fields.ts";
import { reportOf } from "./report_of.ts";

/**
 * Writes report.html, the one file to open: it needs none of the others.
 *
 * @param hasPlot true if completeness was plotted
 * @returns its path
 */
export async function writeReport(
  store: ResultStore,
  plan: ExperimentPlan,
  outcomes: readonly CellOutcome[],
  hasPlot: boolean,
  found: Found,
): Promise<string> {
  const files = [
    ...(hasPlot ? [["completeness", "completeness"]] : []),
    ...found.distances.map((name) => [name, `distance-${name}`]),
  ];
  const pictures = new Map(files.map(([name, file]) => [name, readIfThere(store.path(`plots/${file}.svg`)) ?? ""]));
  const report = reportOf(plan, outcomes, store.directory, found, pictures);
  const path = store.path("report.html");
  await writeIfChanged(path, await reportPage(report, cellsOf(store, rowsOf(outcomes))));
  return path;
}

/** The records of the rows, one by one. */
function* cellsOf(store: ResultStore, rows: readonly ResultRow[]): Generator<ReportCell> {
  for (const row of rows) {
    const stored = readStored(store.directory, row.cell, null);
    if (stored.state !== "record") continue;
    yield { id: row.cell.id, record: stored.record, fields: cellFields(row, stored.record) };
  }
}
