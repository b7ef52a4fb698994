import { basename } from "node:path";
import type { OpenTable } from "./data_table.ts";

/** A format of files of prompts. */
interface DataFormat {
  readonly open: OpenTable;
  readonly gzip: boolean;
  /** Usual character between columns; undefined where there is none. */
  readonly delimiter?: string;
}

// Imported when asked for: no other experiment pays for them.
const jsonl: OpenTable = async (file) => (await import("./read_jsonl.ts")).openJsonl(file);
const csv: OpenTable = async (file) => (await import("./read_csv.ts")).openCsv(file);
const parquet: OpenTable = async (file) => (await import("./read_parquet.ts")).openParquet(file);

const FORMATS: Readonly<Record<string, Omit<DataFormat, "gzip">>> = {
  ".jsonl": { open: jsonl },
  ".ndjson": { open: jsonl },
  ".csv": { open: csv, delimiter: "," },
  ".tsv": { open: csv, delimiter: "\t" },
  ".parquet": { open: parquet },
};

/** Endings of the files that are read, for "expected …". */
export const DATA_ENDINGS = `a file whose name ends in ${Object.keys(FORMATS).join(", ")}, or in one of these and .gz`;

/** Returns the format of a file by the ending of its name; null if it is none that is read. */
export function dataFormat(file: string): DataFormat | null {
  const name = basename(file).toLowerCase();
  const gzip = name.endsWith(".gz");
  const ending = Object.keys(FORMATS).find((one) => name.endsWith(gzip ? `${one}.gz` : one));
  return ending === undefined ? null : { ...FORMATS[ending], gzip };
}
