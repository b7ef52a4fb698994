import type { Computation } from "../compute/compute_cells.ts";
import { writeIfChanged } from "../../files/whole_file.ts";
import { createReportPage } from "../../report/page/report_page.ts";
import { recordJson } from "../../report/text/readable_json.ts";
import { FEW_CELLS } from "../run/cell.ts";
import { cellFields } from "../findings/report/cell_fields.ts";
import { isUnmet, type ResultRow } from "../findings/result_row.ts";
import { type CellOutcome, countOf, rowsOf } from "../run/cell_outcome.ts";
import { type OpenedModel, writeManifest } from "../run/manifest.ts";
import { recordPath, type ResultStore } from "../run/result_store.ts";
import { writeResults } from "../run/write_results.ts";
import { workersOf } from "../store/record_index.ts";
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

/** Models that computed some rows. */
export function modelsOf(rows: readonly ResultRow[]): OpenedModel[] {
  const found = rows.map(({ cell: { model }, model: { fingerprint, identity = null } }): OpenedModel => ({
    ...{ source: model.source, quantize: model.quantize, device: model.device, fingerprint, identity },
  }));
  return [...new Map(found.map((model) => [JSON.stringify(model), model])).values()];
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
    // The summary of few cells has a link to each.
    const isCopied = plan.cells.length <= FEW_CELLS && workersOf(store.directory).length > 0;
    const outcomes = await gatherOutcomes(plan, reader, ends, async (cell, record, row) => {
      page.add({ id: cell.id, record, fields: cellFields(row) });
      tokens.add(cell, record);
      if (isCopied) await writeIfChanged(recordPath(store.directory, cell), recordJson(record));
    });
    await tokens.close();
    const rows = rowsOf(outcomes);
    const { summary, report } = await writeResults(store, plan, outcomes, reader, page);
    await writeManifest(store, {
      ...state,
      models: state.models.length > 0 ? state.models : modelsOf(rows),
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
