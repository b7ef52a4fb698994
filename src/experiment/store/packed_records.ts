import { createHash } from "node:crypto";
import type { OpenFile } from "../../files/open_file.ts";
import { type Entry, type EntryHead, type EntryPlace, readEntry } from "./frame.ts";
import { openRecords, readEntries, workerPaths, workersOf } from "./record_index.ts";

/** Identity of a model, as far as a record tells it. */
interface ModelIdentity {
  readonly fingerprint: string;
  readonly identity?: string;
}

/** An entry, and the file that has it. */
interface Place extends EntryPlace {
  readonly file: OpenFile;
  readonly worker: string;
}

/** The entries that the workers of an output directory have left, as it was opened. */
interface PackedRecords {
  /** Entries of a cell, the latest first; those of a record before those of a failure. */
  entriesOf(key: string): Iterable<Entry>;
  /** Keys of the cells whose latest record is this model's and undamaged, among some. */
  held(keys: Iterable<string>, model: ModelIdentity): Set<string>;
  /** By key, each cell that has an entry, in the order of workers and of entries: its id, and its entry to use. */
  readonly cells: ReadonlyMap<string, Pick<EntryHead, "id" | "kind"> & { readonly worker: string }>;
  close(): void;
}

/** Short hash of a model, as entries name it; empty if it does not tell its identity. */
export function modelMark({ fingerprint, identity }: ModelIdentity): string {
  if (identity === undefined) return "";
  return createHash("sha256").update(`${fingerprint} ${identity}`).digest("hex").slice(0, 16);
}

/** Opens what the workers of an output directory have left. Others may be writing it. */
export function openPackedRecords(directory: string): PackedRecords {
  const files: OpenFile[] = [];
  const places = new Map<string, Place[]>();
  for (const worker of workersOf(directory)) {
    const paths = workerPaths(directory, worker);
    const file = openRecords(paths);
    if (file === null) continue;
    files.push(file);
    for (const entry of readEntries(paths, file).entries) {
      const { key } = entry.head;
      const all = places.get(key);
      const place = { ...entry, file, worker };
      if (all === undefined) places.set(key, [place]);
      else all.push(place);
    }
  }
  for (const all of places.values()) if (all.length > 1) all.reverse().sort(byPrecedence);
  const cells = new Map(
    [...places].map(([key, [{ head: { id, kind }, worker }]]) => [key, { id, kind, worker }]),
  );
  return {
    cells,
    *entriesOf(key) {
      for (const { file, at } of places.get(key) ?? []) {
        const entry = readEntry(file, at);
        if (entry?.head.key === key) yield entry;
      }
    },
    held: (keys, model) => heldOf(keys, places, modelMark(model)),
    close: () => files.forEach((file) => file.close()),
  };
}

/** Orders entries of one cell, which come with the later of one file first: clocks of machines decide between files. */
function byPrecedence(a: Place, b: Place): number {
  const rank = ({ head }: Place) => head.kind === "record" ? 0 : 1;
  return rank(a) - rank(b) || (a.file === b.file ? 0 : b.head.time - a.head.time);
}

/** Reads and checks the latest records, file by file in their order, as a disk likes it. */
function heldOf(keys: Iterable<string>, places: ReadonlyMap<string, readonly Place[]>, mark: string): Set<string> {
  const latest = [...keys].flatMap((key) => places.get(key)?.slice(0, 1) ?? [])
    .filter(({ head }) => head.kind === "record" && head.model !== "" && head.model === mark);
  const held = new Set<string>();
  for (const own of Map.groupBy(latest, ({ file }) => file).values()) {
    for (const { file, at, head } of own.sort((a, b) => a.at - b.at)) {
      if (readEntry(file, at)?.head.key === head.key) held.add(head.key);
    }
  }
  return held;
}
