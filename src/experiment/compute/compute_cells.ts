import type { AttributionListeners } from "../../explain/attribute.ts";
import type { ResultRow } from "../findings/result_row.ts";
import { createForeteller, type Foreteller, type Foretold } from "../foretell/foreteller.ts";
import type { Cell, ExperimentPlan } from "../run/cell.ts";
import type { CellEnd, CellOutcome } from "../run/cell_outcome.ts";
import { messageOf } from "../run/error_message.ts";
import { groupByModel } from "../run/group_by_model.ts";
import type { OpenedModel } from "../run/manifest.ts";
import type { ProgressEvent } from "../run/progress_event.ts";
import type { ResultStore } from "../run/result_store.ts";
import { runCell } from "../run/run_cell.ts";
import type { OpenModel, RunContext } from "../run/run_context.ts";
import { storedModel } from "./stored_model.ts";
import { openRecordReader, type RecordReader } from "../store/record_reader.ts";

/** Cells that are being computed. */
export interface Computation {
  readonly plan: ExperimentPlan;
  readonly context: RunContext;
  readonly store: ResultStore;
  /** Records of earlier runs. */
  readonly reader: RecordReader;
  readonly started: Date;
  readonly models: OpenedModel[];
  readonly ends: Map<Cell, CellEnd>;
  /** Rows of the cells that have ended, but for those that were kept unread. */
  readonly rows: Map<Cell, ResultRow>;
  /** Adapters of those. */
  readonly adapters: Set<string>;
  tell(event: ProgressEvent): void;
  /** Called when cells have ended, with the number of cells that had before. */
  onEnds(before: number): Promise<void>;
}

/** Prepares a computation; nothing is computed yet. */
export function openComputation(
  plan: ExperimentPlan,
  context: RunContext,
  store: ResultStore,
  onEnds: (run: Computation, before: number) => Promise<void> = () => Promise.resolve(),
): Computation {
  const run: Computation = {
    ...{ plan, context, store, reader: openRecordReader(store.directory), started: new Date() },
    ...{ models: [], ends: new Map(), rows: new Map(), adapters: new Set() },
    tell: (event) => context.onProgress?.(event),
    onEnds: (before) => onEnds(run, before),
  };
  return run;
}

/** Computes the cells that are not stored yet, model by model. One that fails has that as its end; the others go on. */
export async function computeCells(run: Computation, cells: readonly Cell[]): Promise<void> {
  run.tell({ kind: "start", total: cells.length });
  const groups = groupByModel(cells);
  for (const own of groups) await computeModel(run, own, groups.length === 1);
}

/** The reasons for which no model could be opened; null if one could. */
export function noModelError({ models, ends }: Computation): Error | null {
  if (models.length === 0 || models.some(({ fingerprint }) => fingerprint !== null)) return null;
  const errors = [...ends.values()].flatMap((end) => end.status === "failed" ? [end.error] : []);
  return new Error([...new Set(errors)].join("\n"));
}

/**
 * Computes the cells of one model.
 *
 * @param only no other model follows, so that one which cannot be opened ends the run and needs no event of its own
 */
async function computeModel(run: Computation, cells: readonly Cell[], only: boolean): Promise<void> {
  const { source, quantize, device } = cells[0].model;
  let model: OpenModel;
  /** Work before the cell that is under way. */
  let before = 0;
  const note = (text: string) => run.tell({ kind: "note", text });
  const stored = await storedModel(run.reader, cells, run.context.identify, note);
  if (stored === null) run.tell({ kind: "open", model: source });
  try {
    model = stored ?? await run.context.open(cells[0].model, {
      onHint: note,
      onDownload: (progress) => run.tell({ kind: "download", progress }),
      onLoad: (share) => run.tell({ kind: "load", model: source, share }),
      onWork: (work) => run.tell({ kind: "work", work: work - before }),
    });
  } catch (error) {
    run.models.push({ source, quantize, device, fingerprint: null, identity: null });
    const message = messageOf(error);
    await addEnds(run, cells.map((cell) => [cell, { status: "failed", error: message }]));
    if (!only) run.tell({ kind: "unopened", model: source, error: message, cells: cells.length });
    return;
  }
  try {
    const { fingerprint, identity } = model;
    run.models.push({ source, quantize, device, fingerprint, identity });
    const kept = run.reader.held(cells, model);
    if (kept.size > 0) {
      run.tell({ kind: "kept", cells: [...kept] });
      await addEnds(run, [...kept].map((cell) => [cell, { status: "stored" }]));
    }
    const foreteller = model.foreseen === undefined ? null : createForeteller(model.foreseen);
    for (const cell of cells) {
      if (kept.has(cell)) continue;
      await computeNext(run, model, cell, foreteller, () => before = model.foreseen?.work() ?? 0);
    }
  } finally {
    model.close();
  }
}

async function computeNext(
  run: Computation,
  model: OpenModel,
  cell: Cell,
  foreteller: Foreteller | null,
  onBegin: () => void,
): Promise<void> {
  const index = run.ends.size;
  run.tell({ kind: "begin", index, cell });
  const note = (text: string) => run.tell({ kind: "note", text });
  const begin = (foretold: Foretold | null) => {
    onBegin();
    run.tell({ kind: "foretold", index, cell, foretold });
  };
  const listeners: AttributionListeners = { onRound: (round) => run.tell({ kind: "round", round }) };
  const { store, reader, plan } = run;
  const outcome = await runCell({ store, reader, plots: plan.plots, note, begin, foreteller, listeners }, model, cell);
  addRow(run, outcome);
  await addEnds(run, [[cell, endOf(outcome)]]);
  run.tell({ kind: "end", index, outcome });
}

function addRow({ rows, adapters }: Computation, outcome: CellOutcome): void {
  if (outcome.status === "failed") return;
  // Units take most of a row, and serve comparisons, which are made at the end.
  rows.set(outcome.cell, { ...outcome.row, units: null });
  adapters.add(outcome.row.device.adapter);
}

function endOf(outcome: CellOutcome): CellEnd {
  return outcome.status === "failed" ? { status: "failed", error: outcome.error } : { status: outcome.status };
}

async function addEnds(run: Computation, ends: readonly (readonly [Cell, CellEnd])[]): Promise<void> {
  const before = run.ends.size;
  for (const [cell, end] of ends) run.ends.set(cell, end);
  await run.onEnds(before);
}
