import type { AttributionRecord } from "../../explain/record/record.ts";
import { type ResultRow, resultRow } from "../findings/result_row.ts";
import type { Cell, ExperimentPlan } from "../run/cell.ts";
import type { CellEnd, CellOutcome } from "../run/cell_outcome.ts";
import type { RecordReader } from "../store/record_reader.ts";

/**
 * Reads the records of a plan's cells one after another, and returns the outcomes of those that are computed or failed,
 * in the plan's order. Memory holds one record at a time, and the row of each.
 *
 * @param ends of the cells of a run; others are as the directory has them
 * @param onRecord called with each record and its row, to write what needs all of it
 */
export async function gatherOutcomes(
  { cells, comparisons }: Pick<ExperimentPlan, "cells" | "comparisons">,
  reader: RecordReader,
  ends: ReadonlyMap<Cell, CellEnd>,
  onRecord: (cell: Cell, record: AttributionRecord, row: ResultRow) => Promise<void> | void = () => {},
): Promise<CellOutcome[]> {
  const outcomes: CellOutcome[] = [];
  const share = sharedTexts();
  for (const cell of cells) {
    const end = ends.get(cell);
    if (end?.status === "failed") {
      outcomes.push({ cell, status: "failed", error: end.error });
      continue;
    }
    const stored = reader.read(cell, null);
    if (stored.state === "record") {
      const row = resultRow(cell, stored.record);
      outcomes.push({ cell, status: end?.status ?? "stored", row: share(row, comparisons.length > 0) });
      await onRecord(cell, stored.record, row);
      continue;
    }
    const reason = stored.state === "missing" ? "it is gone" : stored.reason;
    const error = end !== undefined ? `its record cannot be used: ${reason}` : reader.failure(cell);
    if (error !== null) outcomes.push({ cell, status: "failed", error });
  }
  return outcomes;
}

/** Makes rows small: one copy of each text that they have in common, and the units only where they are compared. */
function sharedTexts(): (row: ResultRow, isCompared: boolean) => ResultRow {
  const texts = new Map<string, string>();
  const one = (text: string) => texts.get(text) ?? (texts.set(text, text), text);
  const models = new Map<string, unknown>();
  const same = <T>(value: T): T => {
    const key = JSON.stringify(value);
    if (!models.has(key)) models.set(key, value);
    return models.get(key) as T;
  };
  return (row, isCompared) => ({
    ...row,
    model: same(row.model),
    device: same(row.device),
    advice: row.advice.map(one),
    units: row.units !== null && isCompared
      ? { ...row.units, target: one(row.units.target), layout: one(row.units.layout) }
      : null,
  });
}
