import type { AttributionRecord } from "../../explain/record/record.ts";
import type { Cell } from "../run/cell.ts";
import { openRecordReader } from "./record_reader.ts";

/** A cell with its record. */
export interface CellRecord {
  readonly cell: Cell;
  readonly record: AttributionRecord;
}

/**
 * Reads the records of some cells from an output directory, one after another in the order of the cells, so that memory
 * holds one at a time. Cells without a usable record are left out.
 */
export async function* readRecords(directory: string, cells: readonly Cell[]): AsyncGenerator<CellRecord> {
  const reader = openRecordReader(directory);
  try {
    for (const cell of cells) {
      const stored = reader.read(cell, null);
      if (stored.state === "record") yield { cell, record: stored.record };
    }
  } finally {
    reader.close();
  }
}
