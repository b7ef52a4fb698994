import { basename } from "node:path";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { openNamedRecords, readRecordFile } from "../../experiment/store/named_records.ts";
import { statIfThere } from "../../files/existing_file.ts";
import { errorText } from "../../files/system_error.ts";
import { shownNames } from "../../files/shown_value.ts";
import { UsageError } from "../arguments.ts";

/** A record that is going to be read, by a name for its file. */
export interface ChosenRecord {
  readonly name: string;
  read(): AttributionRecord;
}

/** Names that an error lists. */
const SHOWN = 8;

/**
 * Finds the records of files and result directories, and gives them to `use`.
 *
 * @param cells parts of the names of cells in the directories; all cells if there are none
 * @throws {UsageError} if a path is not there, a part names no cell, or no directory has cells
 */
export async function withChosenRecords<T>(
  paths: readonly string[],
  cells: readonly string[],
  use: (records: readonly ChosenRecord[]) => Promise<T>,
): Promise<T> {
  const opened: { close(): void }[] = [];
  try {
    const chosen = paths.flatMap((path): ChosenRecord[] => {
      if (!isDirectory(path)) {
        return [{ name: basename(path).replace(/\.json$/, ""), read: () => readRecordFile(path) }];
      }
      const records = openNamedRecords(path);
      opened.push(records);
      return chooseCells(path, records.names, cells).map((name) => ({ name, read: () => records.read(name) }));
    });
    if (opened.length === 0 && cells.length > 0) {
      throw new UsageError("Cannot use --cell as it is about a result directory: got none");
    }
    return await use(distinct(chosen));
  } finally {
    for (const one of opened) one.close();
  }
}

/** The cells that are named so in full, or else those that have the words in their names. */
function chooseCells(directory: string, names: readonly string[], cells: readonly string[]): string[] {
  if (names.length === 0) {
    throw new UsageError(`Cannot render ${directory} as it must hold cells of an experiment: got none`);
  }
  const found = cells.map((cell) => {
    const own = names.includes(cell) ? [cell] : names.filter((name) => name.includes(cell));
    if (own.length > 0) return own;
    throw new UsageError(
      `Cannot use --cell ${cell} as ${directory} must hold a cell of that name: got ${shownNames(names, SHOWN)}`,
    );
  });
  return cells.length === 0 ? [...names] : [...new Set(found.flat())];
}

/** Numbers the names that occur before. */
function distinct(records: readonly ChosenRecord[]): ChosenRecord[] {
  const seen = new Map<string, number>();
  return records.map((record) => {
    const before = seen.get(record.name) ?? 0;
    seen.set(record.name, before + 1);
    return before === 0 ? record : { ...record, name: `${record.name}-${before + 1}` };
  });
}

function isDirectory(path: string): boolean {
  try {
    const found = statIfThere(path);
    if (found !== null) return found.isDirectory;
  } catch (error) {
    throw new UsageError(errorText(error));
  }
  throw new UsageError(`Cannot render ${path} as it must exist: got nothing`);
}
