import type { AttributionRecord } from "../../explain/record/record.ts";
import { openNamedRecords } from "./named_records.ts";

/** A record of an experiment, by the id of its cell. */
export interface CellRecord {
  /** As results.csv has it. */
  readonly cell: string;
  /** Its record. */
  readonly record: AttributionRecord;
}

/**
 * Reads the records in the output directory of an experiment, in whichever files they are: one after another, in the
 * order of their ids, so that memory holds one at a time.
 *
 * @throws {SyntaxError} if one cannot be read; the message names it
 */
export async function* readRecords(directory: string): AsyncGenerator<CellRecord> {
  const records = openNamedRecords(directory);
  try {
    for (const cell of records.names) yield { cell, record: records.read(cell) };
  } finally {
    records.close();
  }
}
