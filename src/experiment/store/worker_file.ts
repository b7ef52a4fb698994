import { dirname } from "node:path";
import { isFile } from "../../files/existing_file.ts";
import { onFile } from "../../files/system_error.ts";
import { makeDirectory } from "../../files/whole_file.ts";
import { acquireLock } from "../run/directory_lock.ts";
import { encodeEntry, type EntryHead, type EntryPlace } from "./frame.ts";
import { indexLine, openRecords, readEntries, type WorkerPaths, workerPaths } from "./record_index.ts";

/** A worker's file of records, held by this process, to append to. */
export interface WorkerFile {
  /** Appends an entry: a kill during it leaves all others. */
  append(head: EntryHead, body: Uint8Array): void;
  /** Waits until the disk has all entries, and gives the file back. */
  close(): void;
}

/** Entries, and milliseconds, after which the disk is waited for: a power cut costs the entries since then. */
const [MOST_PENDING, MOST_WAIT] = [64, 1000];

/**
 * Makes or takes a worker's file. Cuts off what a kill left of an entry, and completes the index.
 *
 * @throws {Error} if another process holds it, or it cannot be written
 */
export async function openWorkerFile(directory: string, worker: string): Promise<WorkerFile> {
  const paths = workerPaths(directory, worker);
  makeDirectory(dirname(paths.records));
  const lock = await acquireLock(paths.lock);
  try {
    return appendTo(paths, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

function appendTo(paths: WorkerPaths, release: () => void): WorkerFile {
  let files = openBoth(paths);
  let pending: EntryPlace[] = [];
  let waited = performance.now();
  const settle = () => {
    if (pending.length > 0) {
      // The index names only what a power cut leaves.
      onFile("write", paths.records, () => files.records.syncDataSync());
      onFile(
        "write",
        paths.index,
        () => writeAll(files.index, new TextEncoder().encode(pending.map(indexLine).join(""))),
      );
    }
    pending = [];
    waited = performance.now();
  };
  return {
    append(head, body) {
      if (wasRemoved(paths)) {
        closeBoth(files);
        pending = [];
        files = openBoth(paths);
      }
      const bytes = encodeEntry(head, body);
      const end = onFile("write", paths.records, () => {
        writeAll(files.records, bytes);
        return files.records.seekSync(0, Deno.SeekMode.Current);
      });
      pending.push({ head, at: end - bytes.length, length: bytes.length });
      if (pending.length >= MOST_PENDING || performance.now() - waited > MOST_WAIT) settle();
    },
    close() {
      try {
        settle();
      } finally {
        closeBoth(files);
        release();
      }
    },
  };
}

/** Both files, open. */
interface OpenFiles {
  readonly records: Deno.FsFile;
  readonly index: Deno.FsFile;
}

function openBoth(paths: WorkerPaths): OpenFiles {
  makeDirectory(dirname(paths.records));
  const before = openRecords(paths);
  const known = before === null ? null : readEntries(paths, before);
  before?.close();
  const open = (path: string, length: number) =>
    onFile("write", path, () => {
      // Another process of the same worker, which no lock holds off, may append as well.
      const file = Deno.openSync(path, { append: true, create: true });
      if (file.statSync().size > length) file.truncateSync(length);
      return file;
    });
  const records = open(paths.records, known?.end ?? 0);
  try {
    const index = open(paths.index, known?.indexBytes ?? 0);
    const missing = known?.entries.slice(known.indexed) ?? [];
    onFile("write", paths.index, () => writeAll(index, new TextEncoder().encode(missing.map(indexLine).join(""))));
    return { records, index };
  } catch (error) {
    records.close();
    throw error;
  }
}

function closeBoth({ records, index }: OpenFiles): void {
  records.close();
  index.close();
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
}

/** Returns true if somebody has removed the file, into which nobody would ever look again. */
function wasRemoved({ records }: WorkerPaths): boolean {
  return !isFile(records);
}
