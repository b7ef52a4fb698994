import type { AttributionListeners } from "../../explain/attribute.ts";
import { assertFiniteRecord } from "../../explain/record/assert_finite_record.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { checkRecord } from "../../explain/record/check_record.ts";
import { startStopwatch } from "../../time/stopwatch.ts";
import { plotCell } from "../findings/plots/plot_cell.ts";
import { resultRow } from "../findings/result_row.ts";
import type { CellOutcome } from "./cell_outcome.ts";
import { messageOf } from "./error_message.ts";
import type { Cell, ExperimentPlan } from "./cell.ts";
import type { Foreteller, Foretold } from "../foretell/foreteller.ts";
import type { RecordReader } from "../store/record_reader.ts";
import type { ResultStore } from "./result_store.ts";
import type { OpenModel } from "./run_context.ts";

/** Place of a cell: its results, its plots, and a listener for what is worth knowing. */
interface CellSite {
  readonly store: ResultStore;
  /** Records of earlier runs. */
  readonly reader: RecordReader;
  readonly plots: ExperimentPlan["plots"];
  note(text: string): void;
  /** Is told what is known of a cell that is going to be computed. */
  begin(foretold: Foretold | null): void;
  /** Null without a model that foretells. */
  readonly foreteller: Foreteller | null;
  /** Listeners for the progress of the cell. */
  readonly listeners: AttributionListeners;
}

/** Takes a cell's record from the store, or computes and stores it. Draws its plots. A failure is an outcome, too. */
export async function runCell(site: CellSite, model: OpenModel, cell: Cell): Promise<CellOutcome> {
  if (cell.flaw !== undefined) return { cell, status: "failed", error: noteFailure(site, cell, cell.flaw) };
  try {
    const stored = await takeStored(site, model, cell);
    const record = stored ?? await computeCell(site, model, cell);
    if (site.plots === "cells") await plotCell(site.store, cell, record);
    return { cell, status: stored === null ? "computed" : "stored", row: resultRow(cell, record) };
  } catch (error) {
    return { cell, status: "failed", error: noteFailure(site, cell, messageOf(error)) };
  }
}

/**
 * Stores why a cell failed, so that whoever makes the tables knows. Returns it. A reason that is stored already is not
 * stored again, so that a file of records grows only by news.
 */
function noteFailure({ store, reader }: CellSite, cell: Cell, error: string): string {
  try {
    if (reader.failure(cell) !== error) store.fail(cell, error);
  } catch {
    // The disk that took no record takes no error: the run says it, and the cell stays open.
  }
  return error;
}

/**
 * Takes a cell's record from the store if it is shown to be of this model, and says why if it is there and is not. One
 * that did not name the model's identity names it from then on.
 */
async function takeStored(
  { store, reader, note }: CellSite,
  model: OpenModel,
  cell: Cell,
): Promise<AttributionRecord | null> {
  const stored = reader.read(cell, model);
  if (stored.state === "missing") return null;
  if (stored.state === "record") {
    const { record, named } = stored;
    if (named) return record;
    if (await model.confirm?.(cell, record)) {
      const confirmed = { ...record, model: { ...record.model, identity: model.identity } };
      await store.write(cell, confirmed);
      return confirmed;
    }
  }
  note(`${cell.id} is computed again: ${stored.state === "record" ? UNCONFIRMED : stored.reason}`);
  return null;
}

const UNCONFIRMED = "an earlier version wrote it, and its tokens and scores do not show that the model is the same";

async function computeCell(
  { store, begin, foreteller, listeners }: CellSite,
  model: OpenModel,
  cell: Cell,
): Promise<AttributionRecord> {
  begin(await foreteller?.foretell(cell.text, cell.options) ?? null);
  const [before, seconds] = [model.foreseen?.work() ?? 0, startStopwatch()];
  const record = await model.attribute(cell.text, cell.options, listeners);
  foreteller?.learn((model.foreseen?.work() ?? 0) - before, seconds());
  assertFiniteRecord(record);
  checkRecord(record);
  await store.write(cell, record);
  return record;
}
