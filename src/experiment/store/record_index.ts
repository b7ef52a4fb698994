import { Buffer } from "node:buffer";
import { join } from "node:path";
import { type OpenFile, openFile } from "../../files/open_file.ts";
import { isFile } from "../../files/existing_file.ts";
import { type EntryHead, type EntryPlace, scanEntries } from "./frame.ts";

/** Folder of the output directory with the files of records. */
const RECORDS = "records";

/** Paths of a worker's files. */
export interface WorkerPaths {
  /** Entries, one behind the other. */
  readonly records: string;
  /** A line for each entry that the disk is known to have. */
  readonly index: string;
  readonly lock: string;
}

/** Entries of a worker's file, in its order. */
interface IndexedEntries {
  readonly entries: readonly EntryPlace[];
  /** Number of them that stand in the index. */
  readonly indexed: number;
  /** Bytes of the index that are whole lines about entries that are there. */
  readonly indexBytes: number;
  /** End of the last whole entry. */
  readonly end: number;
}

/** Paths of the files of a worker of an output directory. */
export function workerPaths(directory: string, worker: string): WorkerPaths {
  const path = (ending: string) => join(directory, RECORDS, `${worker}.${ending}`);
  return { records: path("records"), index: path("index"), lock: path("lock") };
}

/** Names of the workers that have left records in an output directory, in order. */
export function workersOf(directory: string): string[] {
  const folder = join(directory, RECORDS);
  try {
    return [...Deno.readDirSync(folder)].filter(({ name, isFile }) => isFile && name.endsWith(".records"))
      .map(({ name }) => name.slice(0, -".records".length)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Opens a worker's file of records; null if there is none. */
export function openRecords({ records }: WorkerPaths): OpenFile | null {
  return isFile(records) ? openFile(records) : null;
}

/**
 * Finds the entries of a worker's file: those of its index, and those behind them, which are read and checked. Changes
 * nothing.
 */
export function readEntries(paths: WorkerPaths, file: OpenFile): IndexedEntries {
  const entries: EntryPlace[] = [];
  let [indexBytes, from] = [0, 0];
  for (const line of wholeLines(paths.index)) {
    const place = parseLine(line);
    // An index may be ahead of a file that was copied before it, or cut.
    if (place === null || place.at < from || place.at + place.length > file.size) break;
    entries.push(place);
    from = place.at + place.length;
    indexBytes += line.length + 1;
  }
  const { found, end } = scanEntries(file, from);
  return { entries: [...entries, ...found], indexed: entries.length, indexBytes, end };
}

/** Writes the line of an entry: plain ASCII, so that its characters are its bytes. */
export function indexLine({ head: { kind, id, key, model, time }, at, length }: EntryPlace): string {
  return `${asciiJson([kind, id, key, model, time, at, length])}\n`;
}

/** Bytes of an index that are read at a time. */
const CHUNK = 1 << 22;

/** Lines of a file that end, without their ends, a character a byte; none if there is no file. */
function* wholeLines(path: string): Generator<string> {
  if (!isFile(path)) return;
  const file = openFile(path);
  try {
    let rest = "";
    for (let at = 0; at < file.size; at += CHUNK) {
      const bytes = file.read(at, Math.min(CHUNK, file.size - at));
      const lines = (rest + Buffer.from(bytes.buffer).toString("latin1")).split("\n");
      rest = lines.pop()!;
      yield* lines;
    }
  } finally {
    file.close();
  }
}

function parseLine(line: string): EntryPlace | null {
  try {
    const [kind, id, key, model, time, at, length] = JSON.parse(line) as [
      ...[EntryHead["kind"], string, string, string],
      ...[number, number, number],
    ];
    const isWhole = Number.isSafeInteger(at) && Number.isSafeInteger(length) && typeof key === "string";
    return isWhole ? { head: { kind, id, key, model, time }, at, length } : null;
  } catch {
    return null;
  }
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
