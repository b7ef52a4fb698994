import { join } from "node:path";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { checkRecord } from "../../explain/record/check_record.ts";
import { readIfThere } from "../../files/existing_file.ts";
import { removePartials, writeWhole } from "../../files/whole_file.ts";
import { recordJson } from "../../report/text/readable_json.ts";
import { acquireLock } from "./directory_lock.ts";
import { FOLDERS, requireOwnDirectory } from "./own_directory.ts";
import { messageOf } from "./error_message.ts";
import type { Cell } from "./cell.ts";

/** Record of a cell in an output directory. */
export type StoredRecord =
  | { readonly state: "record"; readonly record: AttributionRecord }
  | { readonly state: "missing" }
  | { readonly state: "unusable"; readonly reason: string };

/** An experiment's output directory, held by this process. */
export interface ResultStore {
  readonly directory: string;
  /** Path of a file in the directory, by its name relative to it. */
  path(name: string): string;
  /** Stores a record; a kill during it leaves what was there before. */
  write(cell: Cell, record: AttributionRecord): Promise<void>;
  /** Gives the directory back. */
  close(): void;
}

/**
 * Makes or takes the output directory of an experiment. Removes half-written files that a killed run left.
 *
 * @param name of the experiment
 * @throws {Error} if another process holds it, or if it holds anything but results of this experiment
 */
export async function openResultStore(directory: string, name: string): Promise<ResultStore> {
  requireOwnDirectory(directory, name);
  for (const folder of FOLDERS) await Deno.mkdir(join(directory, folder), { recursive: true });
  const lock = await acquireLock(join(directory, "lock"));
  try {
    // Another experiment may have taken it since.
    requireOwnDirectory(directory, name);
    for (const folder of ["", ...FOLDERS]) await removePartials(join(directory, folder));
  } catch (error) {
    lock.release();
    throw error;
  }
  return {
    directory,
    path: (name) => join(directory, name),
    write: (cell, record) => writeWhole(recordPath(directory, cell), recordJson(record)),
    close: () => lock.release(),
  };
}

/**
 * Reads a cell's record from an output directory. A record of another model or another version of Whence, or one that
 * is cut off or broken, is `unusable`, for a reason.
 *
 * @param fingerprint of the model; null: records of any model will do
 */
export function readStored(directory: string, cell: Cell, fingerprint: string | null): StoredRecord {
  const text = readIfThere(recordPath(directory, cell));
  if (text === null) return { state: "missing" };
  let record: AttributionRecord;
  try {
    record = checkRecord(JSON.parse(text));
  } catch (error) {
    return { state: "unusable", reason: messageOf(error) };
  }
  if (fingerprint === null || record.model.fingerprint === fingerprint) return { state: "record", record };
  return { state: "unusable", reason: `it was computed with another model, ${record.model.fingerprint}` };
}

function recordPath(directory: string, cell: Cell): string {
  return join(directory, "cells", `${cell.id}.json`);
}
