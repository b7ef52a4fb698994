import { join } from "node:path";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { checkRecord } from "../../explain/record/check_record.ts";
import { parseJson } from "../../files/json_object.ts";
import { readIfThere } from "../../files/text_file.ts";
import { makeDirectory, removePartials, writeWhole } from "../../files/whole_file.ts";
import { recordJson } from "../../report/text/readable_json.ts";
import { acquireLock } from "./directory_lock.ts";
import { FOLDERS, requireOwnDirectory } from "./own_directory.ts";
import { messageOf } from "./error_message.ts";
import type { Cell } from "./cell.ts";
import { foreignPart } from "./foreign_part.ts";
import type { OpenModel } from "./run_context.ts";

/** Record of a cell in an output directory. */
export type StoredRecord =
  /** `named`: it names the identity of its model, which is the one that was asked for, if any was */
  | { readonly state: "record"; readonly record: AttributionRecord; readonly named: boolean }
  | { readonly state: "missing" }
  | { readonly state: "unusable"; readonly reason: string };

const CHANGED = "the weights are the same, but the model's configuration, quantization, tokenizer, chat template or " +
  "defaults of generation have changed since";

/** An experiment's output directory, held by this process. */
export interface ResultStore {
  readonly directory: string;
  /** Path of a file in the directory, by its name relative to it. */
  path(name: string): string;
  /** Stores a record with the key of its cell; a kill during it leaves what was there before. */
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
  for (const folder of FOLDERS) makeDirectory(join(directory, folder));
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
    write: (cell, record) => writeWhole(recordPath(directory, cell), recordJson({ ...record, cell: cell.key })),
    close: () => lock.release(),
  };
}

/**
 * Reads a cell's record from an output directory. A record of another cell, another model or another version of Whence,
 * or one that is cut off or broken, is `unusable`, for a reason.
 *
 * @param model null: records of any model will do
 */
export function readStored(
  directory: string,
  cell: Cell,
  model: Pick<OpenModel, "fingerprint" | "identity"> | null,
): StoredRecord {
  let record: AttributionRecord;
  try {
    const text = readIfThere(recordPath(directory, cell));
    if (text === null) return { state: "missing" };
    record = checkRecord(parseJson(text, "it"));
  } catch (error) {
    return { state: "unusable", reason: messageOf(error) };
  }
  const foreign = foreignPart(record, cell);
  if (foreign !== null) return { state: "unusable", reason: `it is the record of another cell, by its ${foreign}` };
  const { fingerprint, identity } = record.model;
  if (model !== null && fingerprint !== model.fingerprint) {
    return { state: "unusable", reason: `it was computed with another model, ${fingerprint}` };
  }
  if (model !== null && identity !== undefined && identity !== model.identity) {
    return { state: "unusable", reason: CHANGED };
  }
  return { state: "record", record, named: identity !== undefined };
}

function recordPath(directory: string, cell: Cell): string {
  return join(directory, "cells", `${cell.id}.json`);
}
