import type { Computation } from "../compute/compute_cells.ts";
import { createReportPage } from "../../report/page/report_page.ts";
import { cellFields } from "../findings/report/cell_fields.ts";
import { isUnmet } from "../findings/result_row.ts";
import { type CellOutcome, countOf, rowsOf } from "../run/cell_outcome.ts";
import { writeManifest } from "../run/manifest.ts";
import type { ResultStore } from "../run/result_store.ts";
import { writeResults } from "../run/write_results.ts";
import { openRecordReader } from "../store/record_reader.ts";
import { openTokenTable } from "./result_tables.ts";
import { gatherOutcomes } from "./gather_outcomes.ts";

/** End of a run. */
export interface ExperimentResult {
  /** In the plan's order. */
  readonly outcomes: readonly CellOutcome[];
  /** Cells computed by this run. */
  readonly computed: number;
  /** Cells that the output directory already held. */
  readonly stored: number;
  readonly failed: number;
  /** Cells that no shard has computed yet. */
  readonly missing: number;
  /** Cells whose tolerance was not met. */
  readonly unmet: number;
  /** Path of summary.md. */
  readonly summary: string;
  /** Path of report.html. */
  readonly report: string;
}

/** Reads the records of all cells once more, and writes the tables, plots, summary and manifest that they make. */
export async function finishResults(
  store: ResultStore,
  state: Pick<Computation, "plan" | "ends" | "models" | "started">,
): Promise<ExperimentResult> {
  const { plan, ends } = state;
  const reader = openRecordReader(store.directory);
  const tokens = await openTokenTable(store, plan);
  try {
    const page = createReportPage();
    const outcomes = await gatherOutcomes(plan, reader, ends, (cell, record, row) => {
      page.add({ id: cell.id, record, fields: cellFields(row, record) });
      tokens.add(cell, record);
    });
    await tokens.close();
    const rows = rowsOf(outcomes);
    const { summary, report } = await writeResults(store, plan, outcomes, reader, page);
    await writeManifest(store, {
      ...state,
      ends: new Map(outcomes.map((outcome) => [outcome.cell, outcome])),
      adapters: new Set(rows.map(({ device }) => device.adapter)),
      ended: new Date(),
    });
    return {
      outcomes,
      computed: countOf(outcomes, "computed"),
      stored: countOf(outcomes, "stored"),
      failed: countOf(outcomes, "failed"),
      missing: plan.cells.length - outcomes.length,
      unmet: rows.filter(isUnmet).length,
      summary,
      report,
    };
  } finally {
    tokens.discard();
    reader.close();
  }
}
