import type { AttributionListeners } from "../../explain/attribute.ts";
import { isUnmet } from "../findings/result_row.ts";
import { type CellOutcome, countOf, failuresOf, rowsOf } from "./cell_outcome.ts";
import { messageOf } from "./error_message.ts";
import { createForeteller, type Foreteller, type Foretold } from "../foretell/foreteller.ts";
import { groupByModel } from "./group_by_model.ts";
import { isManifestDue, type OpenedModel, writeManifest } from "./manifest.ts";
import type { Cell, ExperimentPlan } from "./cell.ts";
import type { ProgressEvent } from "./progress_event.ts";
import { openResultStore, type ResultStore } from "./result_store.ts";
import { runCell } from "./run_cell.ts";
import type { OpenModel, RunContext } from "./run_context.ts";
import { writeResults } from "./write_results.ts";

/** End of a run. */
export interface ExperimentResult {
  /** In the plan's order. */
  readonly outcomes: readonly CellOutcome[];
  /** Cells computed by this run. */
  readonly computed: number;
  /** Cells that the output directory already held. */
  readonly stored: number;
  readonly failed: number;
  /** Cells whose tolerance was not met within the budget. */
  readonly unmet: number;
  /** Path of summary.md. */
  readonly summary: string;
  /** Path of report.html. */
  readonly report: string;
}

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
  const store = await openResultStore(directory, plan.name);
  try {
    const run = startRun(plan, context, store);
    // From now on the directory says whose it is, also after a kill.
    await writeManifest(store, { ...run, ended: null });
    run.tell({ kind: "start", total: plan.cells.length });
    const groups = groupByModel(plan.cells);
    for (const cells of groups) await runModel(run, cells, groups.length === 1);
    await requireAnyModel(run);
    return await finishRun(run);
  } finally {
    store.close();
  }
}

interface Run {
  readonly plan: ExperimentPlan;
  readonly context: RunContext;
  readonly store: ResultStore;
  readonly started: Date;
  readonly models: OpenedModel[];
  readonly outcomes: CellOutcome[];
  tell(event: ProgressEvent): void;
}

function startRun(plan: ExperimentPlan, context: RunContext, store: ResultStore): Run {
  const tell = (event: ProgressEvent) => context.onProgress?.(event);
  return { plan, context, store, started: new Date(), models: [], outcomes: [], tell };
}

/**
 * Runs the cells of one model.
 *
 * @param only no other model follows, so that one which cannot be opened ends the run and needs no event of its own
 */
async function runModel(run: Run, cells: readonly Cell[], only: boolean): Promise<void> {
  const { source, quantize, device } = cells[0].model;
  run.tell({ kind: "open", model: source });
  let model: OpenModel;
  /** Work before the cell that is under way. */
  let before = 0;
  try {
    model = await run.context.open(cells[0].model, {
      onHint: (text) => run.tell({ kind: "note", text }),
      onDownload: (progress) => run.tell({ kind: "download", progress }),
      onLoad: (share) => run.tell({ kind: "load", model: source, share }),
      onWork: (work) => run.tell({ kind: "work", work: work - before }),
    });
  } catch (error) {
    run.models.push({ source, quantize, device, fingerprint: null, identity: null });
    const message = messageOf(error);
    await addOutcomes(run, cells.map((cell) => ({ cell, status: "failed", error: message })));
    if (!only) run.tell({ kind: "unopened", model: source, error: message, cells: cells.length });
    return;
  }
  try {
    const { fingerprint, identity } = model;
    run.models.push({ source, quantize, device, fingerprint, identity });
    const foreteller = model.foreseen === undefined ? null : createForeteller(model.foreseen);
    for (const cell of cells) {
      await runNext(run, model, cell, foreteller, () => before = model.foreseen?.work() ?? 0);
    }
  } finally {
    model.close();
  }
}

async function runNext(
  run: Run,
  model: OpenModel,
  cell: Cell,
  foreteller: Foreteller | null,
  onBegin: () => void,
): Promise<void> {
  const index = run.outcomes.length;
  run.tell({ kind: "begin", index, cell });
  const note = (text: string) => run.tell({ kind: "note", text });
  const begin = (foretold: Foretold | null) => {
    onBegin();
    run.tell({ kind: "foretold", index, cell, foretold });
  };
  const listeners: AttributionListeners = { onRound: (round) => run.tell({ kind: "round", round }) };
  const site = { store: run.store, plots: run.plan.plots, note, begin, foreteller, listeners };
  const outcome = await runCell(site, model, cell);
  await addOutcomes(run, [outcome]);
  run.tell({ kind: "end", index, outcome });
}

/** Adds the ends of cells, and writes the manifest if it is due. */
async function addOutcomes(run: Run, outcomes: readonly CellOutcome[]): Promise<void> {
  const before = run.outcomes.length;
  for (const outcome of outcomes) run.outcomes.push(outcome);
  if (isManifestDue(before, run.outcomes.length, run.plan.cells.length)) {
    await writeManifest(run.store, { ...run, ended: null });
  }
}

/** @throws {Error} if no model could be opened, with the reasons */
async function requireAnyModel(run: Run): Promise<void> {
  if (run.models.some(({ fingerprint }) => fingerprint !== null)) return;
  await writeManifest(run.store, { ...run, ended: new Date() });
  const errors = failuresOf(run.outcomes).map(({ error }) => error);
  throw new Error([...new Set(errors)].join("\n"));
}

async function finishRun(run: Run): Promise<ExperimentResult> {
  const { plan, store, outcomes } = run;
  const { summary, report } = await writeResults(store, plan, outcomes);
  await writeManifest(store, { ...run, ended: new Date() });
  return {
    outcomes,
    computed: countOf(outcomes, "computed"),
    stored: countOf(outcomes, "stored"),
    failed: countOf(outcomes, "failed"),
    unmet: rowsOf(outcomes).filter(isUnmet).length,
    summary,
    report,
  };
}
