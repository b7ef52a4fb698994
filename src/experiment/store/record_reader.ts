import { isFile } from "../../files/existing_file.ts";
import { judgeRecord, readStored, recordPath, type StoredRecord } from "../run/result_store.ts";
import type { Cell } from "../run/cell.ts";
import type { OpenModel } from "../run/run_context.ts";
import { openPackedRecords } from "./packed_records.ts";
import { unpackRecord } from "./packed_record.ts";

/** The records of an output directory, in whichever files they are. */
export interface RecordReader {
  /**
   * Reads a cell's record. One of another cell, another model or another version of Whence, or one that is broken, is
   * `unusable`, for a reason.
   *
   * @param model null: records of any model will do
   */
  read(cell: Cell, model: Pick<OpenModel, "fingerprint" | "identity"> | null): StoredRecord;
  /** Error with which a cell failed where it was last tried, if a file of records has it; null if none has. */
  failure(cell: Cell): string | null;
  /** Returns true if a cell has a record, or an error; the record is not read. */
  has(cell: Cell): boolean;
  /** Tells which of them it has, of which a record counts; null if it has none. */
  end(cell: Cell): "record" | "failure" | null;
  /** Returns the cells whose record is in a file of records, undamaged, and this model's; no record is read for it. */
  held(cells: readonly Cell[], model: Pick<OpenModel, "fingerprint" | "identity">): Set<Cell>;
  close(): void;
}

/** Opens the records of an output directory. Later ones are seen by another reader. */
export function openRecordReader(directory: string): RecordReader {
  const packed = openPackedRecords(directory);
  return {
    read(cell, model) {
      let worst: StoredRecord = { state: "missing" };
      for (const { head, body } of packed.entriesOf(cell.key)) {
        if (head.kind !== "record") continue;
        const found = judgeRecord(cell, model, () => unpackRecord(body));
        if (found.state === "record") return found;
        if (worst.state === "missing") worst = found;
      }
      const alone = readStored(directory, cell, model);
      return alone.state === "missing" ? worst : alone;
    },
    failure(cell) {
      for (const { head, body } of packed.entriesOf(cell.key)) {
        if (head.kind === "failure") return new TextDecoder().decode(body);
      }
      return null;
    },
    has: (cell) => packed.cells.has(cell.key) || isFile(recordPath(directory, cell)),
    end(cell) {
      const kind = packed.cells.get(cell.key)?.kind ?? null;
      return kind !== "record" && isFile(recordPath(directory, cell)) ? "record" : kind;
    },
    held(cells, model) {
      const keys = packed.held(cells.map(({ key }) => key), model);
      return new Set(cells.filter(({ key }) => keys.has(key)));
    },
    close: () => packed.close(),
  };
}
