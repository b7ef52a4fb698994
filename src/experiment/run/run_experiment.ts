import { type Computation, computeCells, noModelError, openComputation } from "../compute/compute_cells.ts";
import { writeWhole } from "../../files/whole_file.ts";
import { resultsCsv } from "../findings/results_csv.ts";
import type { ResultRow } from "../findings/result_row.ts";
import { type ExperimentResult, finishResults } from "../results/finish_results.ts";
import { gatherOutcomes } from "../results/gather_outcomes.ts";
import { workersOf } from "../store/record_index.ts";
import { rowsOf } from "./cell_outcome.ts";
import { type ExperimentPlan, FEW_CELLS } from "./cell.ts";
import { changedData, isManifestDue, writeManifest } from "./manifest.ts";
import { openResultStore } from "./result_store.ts";
import type { RunContext } from "./run_context.ts";

export type { ExperimentResult };

/**
 * Computes the cells of a plan that the output directory does not hold yet, and writes the results of all. A cell that
 * fails is named in the result, in manifest.json and in summary.md; the others go on.
 *
 * @throws {Error} if another process holds the directory, if it holds anything but results of this experiment, or if no
 * model could be opened: then the results of earlier runs stay as they are
 */
export async function runExperiment(
  plan: ExperimentPlan,
  context: RunContext,
  directory: string,
): Promise<ExperimentResult> {
  const packed = plan.cells.length > FEW_CELLS || workersOf(directory).length > 0;
  const store = await openResultStore(directory, plan.name, { kind: "run", packed });
  const run = openComputation(plan, context, store, writeProgress);
  try {
    const changed = changedData(directory, plan);
    if (changed !== null) run.tell({ kind: "note", text: changed });
    // From now on the directory says whose it is, also after a kill.
    await writeManifest(store, { ...run, ended: null });
    await computeCells(run, plan.cells);
    const nothing = noModelError(run);
    if (nothing !== null) {
      await writeManifest(store, { ...run, ended: new Date() });
      throw nothing;
    }
    return await finishResults(store, run);
  } finally {
    run.reader.close();
    store.close();
  }
}

/** Writes the manifest and the results so far, each time that a sixteenth of the cells has ended. */
async function writeProgress(run: Computation, before: number): Promise<void> {
  const { plan, store, ends, rows } = run;
  if (!isManifestDue(before, ends.size, plan.cells.length)) return;
  await writeManifest(store, { ...run, ended: null });
  const ended = [...ends.values()];
  if (ended.length === plan.cells.length || !ended.some(({ status }) => status === "computed")) return;
  for (const row of await keptRows(run)) rows.set(row.cell, row);
  const known = plan.cells.flatMap((cell) => rows.get(cell) ?? []);
  await writeWhole(store.path("results.csv"), resultsCsv(known));
}

/** Reads the rows of the cells whose records were kept unread; once, as they are many. */
async function keptRows({ plan, reader, ends, rows }: Computation): Promise<ResultRow[]> {
  const unread = plan.cells.filter((cell) => ends.get(cell)?.status === "stored" && !rows.has(cell));
  return rowsOf(await gatherOutcomes({ cells: unread, comparisons: [] }, reader, ends));
}
