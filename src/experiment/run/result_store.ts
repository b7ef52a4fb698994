import { join } from "node:path";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { recordJson } from "../../report/text/json.ts";
import { readIfThere } from "../../files/existing_file.ts";
import { removePartials, writeWhole } from "../../files/whole_file.ts";
import { acquireLock } from "./directory_lock.ts";
import type { Cell } from "./plan_cells.ts";
import { checkRecord } from "../../explain/record/check_record.ts";

/** What is stored for a cell. */
export type Stored =
  | { readonly state: "record"; readonly record: AttributionRecord }
  | { readonly state: "missing" }
  | { readonly state: "unusable"; readonly reason: string };

/** An experiment's output directory, held by this process. */
export interface Store {
  readonly directory: string;
  /** Path of a file in the directory, by its name relative to it. */
  path(name: string): string;
  /** Stores a record; a kill during it leaves what was there before. */
  write(cell: Cell, record: AttributionRecord): Promise<void>;
  /** Gives the directory back. */
  close(): void;
}

const FOLDERS = ["cells", "plots"];

/**
 * Makes or takes an output directory.
 * @throws {Error} where another process holds it
 */
export async function openStore(directory: string): Promise<Store> {
  for (const folder of FOLDERS) await Deno.mkdir(join(directory, folder), { recursive: true });
  const lock = await acquireLock(join(directory, "lock"));
  try {
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
 * Reads a cell's record from an output directory. A record of another model, or one that is cut off or broken, is
 * `unusable` and says why. Without a fingerprint the model is not compared.
 */
export function readStored(directory: string, cell: Cell, fingerprint: string | null): Stored {
  const text = readIfThere(recordPath(directory, cell));
  if (text === null) return { state: "missing" };
  let record: AttributionRecord;
  try {
    record = checkRecord(JSON.parse(text));
  } catch (error) {
    return { state: "unusable", reason: (error as Error).message };
  }
  if (fingerprint === null || record.model.fingerprint === fingerprint) return { state: "record", record };
  return { state: "unusable", reason: `it was computed with another model, ${record.model.fingerprint}` };
}

function recordPath(directory: string, cell: Cell): string {
  return join(directory, "cells", `${cell.id}.json`);
}
