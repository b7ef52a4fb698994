import { join } from "node:path";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { checkRecord } from "../../explain/record/check_record.ts";
import { parseJson } from "../../files/json_object.ts";
import { ifThere } from "../../files/existing_file.ts";
import { readIfThere } from "../../files/text_file.ts";
import { makeDirectory, removePartials, writeWhole } from "../../files/whole_file.ts";
import { recordJson } from "../../report/text/readable_json.ts";
import type { EntryHead } from "../store/frame.ts";
import { packRecord, unpackRecord } from "../store/packed_record.ts";
import { modelMark } from "../store/packed_records.ts";
import { openWorkerFile, type WorkerFile } from "../store/worker_file.ts";
import { acquireLock } from "./directory_lock.ts";
import { FOLDERS, MANIFEST, requireOwnDirectory } from "./own_directory.ts";
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

/** An experiment's output directory, or a worker's files in it, held by this process. */
export interface ResultStore {
  readonly directory: string;
  /** Path of a file in the directory, by its name relative to it. */
  path(name: string): string;
  /** Stores a record with the key of its cell; a kill during it leaves what was there before. */
  write(cell: Cell, record: AttributionRecord): Promise<void>;
  /** Stores the error of a cell that failed, if there is a file of records to hold it. */
  fail(cell: Cell, error: string): void;
  /** Gives the directory back. */
  close(): void;
}

/** Use of an output directory. */
type StoreUse =
  /** One process alone; `packed`: it appends to a file of records, in place of a file for each cell */
  | { readonly kind: "run"; readonly packed: boolean }
  /** One of several that may be at it at once, each with files of its own */
  | { readonly kind: "shard"; readonly worker: string }
  /** Writes tables and summary alone */
  | { readonly kind: "merge" };

/** Worker whose file a process alone appends to. */
const ALONE = "main";

/**
 * Makes or takes the output directory of an experiment. Removes half-written files that a killed run left.
 *
 * @param name of the experiment
 * @throws {Error} if another process holds it, or if it holds anything but results of this experiment
 */
export async function openResultStore(
  directory: string,
  name: string,
  use: StoreUse = { kind: "run", packed: false },
): Promise<ResultStore> {
  requireOwnDirectory(directory, name);
  const folders = use.kind === "run" && !use.packed ? FOLDERS : [];
  for (const folder of ["", ...folders]) makeDirectory(join(directory, folder));
  const lock = use.kind === "shard" ? null : await acquireLock(join(directory, "lock"));
  try {
    // Another experiment may have taken it since.
    requireOwnDirectory(directory, name);
    if (lock !== null) await removeLeftovers(directory, use);
    const worker = use.kind === "shard" ? use.worker : use.kind === "run" && use.packed ? ALONE : null;
    const file = worker === null ? null : await openWorkerFile(directory, worker);
    return {
      directory,
      path: (name) => join(directory, name),
      write: (cell, record) => writeRecord(directory, file, cell, { ...record, cell: cell.key }),
      fail: (cell, error) => file?.append(headOf("failure", cell, ""), new TextEncoder().encode(error)),
      close() {
        try {
          file?.close();
        } finally {
          lock?.release();
        }
      },
    };
  } catch (error) {
    lock?.release();
    throw error;
  }
}

async function removeLeftovers(directory: string, { kind }: StoreUse): Promise<void> {
  for (const folder of ["", ...FOLDERS]) {
    // A shard that starts may be writing the manifest.
    if (ifThere(() => Deno.statSync(join(directory, folder))) !== null) {
      await removePartials(join(directory, folder), kind === "merge" ? MANIFEST : undefined);
    }
  }
}

// deno-lint-ignore require-await -- a promise, so that a fault of the disk rejects instead of throwing
async function writeRecord(
  directory: string,
  file: WorkerFile | null,
  cell: Cell,
  record: AttributionRecord,
): Promise<void> {
  const packed = packRecord(record);
  if (file !== null) return file.append(headOf("record", cell, modelMark(record.model)), packed);
  // Its matrices have the same digits in either file.
  return writeWhole(recordPath(directory, cell), recordJson(unpackRecord(packed) as AttributionRecord));
}

function headOf(kind: EntryHead["kind"], { id, key }: Cell, model: string): EntryHead {
  return { kind, id, key, model, time: Date.now() };
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
  return judgeRecord(cell, model, () => {
    const text = readIfThere(recordPath(directory, cell));
    return text === null ? null : parseJson(text, "it");
  });
}

/**
 * Judges a record that is read for a cell.
 *
 * @param read returns null if there is none
 */
export function judgeRecord(
  cell: Cell,
  model: Pick<OpenModel, "fingerprint" | "identity"> | null,
  read: () => unknown,
): StoredRecord {
  let record: AttributionRecord;
  try {
    const value = read();
    if (value === null) return { state: "missing" };
    record = checkRecord(value);
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

/** Path of a cell's own file. */
export function recordPath(directory: string, cell: Cell): string {
  return join(directory, "cells", `${cell.id}.json`);
}
