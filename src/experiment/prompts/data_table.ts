/** A row of a file of prompts. */
export interface DataRow {
  /** Line at which it begins, or in a file without lines its number; from 1. */
  readonly at: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A file of prompts, open to be read once. */
export interface DataTable {
  /** Columns, if they are known before the rows. */
  readonly columns: readonly string[] | null;
  /** Reads the rows, some at a time; what is left unread is closed. */
  rows(): AsyncIterable<readonly DataRow[]>;
  /** Names a row: "facts.jsonl:3". */
  placeOf(at: number): string;
}

/** Opens a file of prompts. */
export type OpenTable = (file: DataFile) => Promise<DataTable>;

/** A file of prompts, and what is wanted of it. */
export interface DataFile {
  readonly path: string;
  /** Name in messages. */
  readonly shown: string;
  /** True if it is compressed by gzip as a whole. */
  readonly gzip: boolean;
  /** Between columns of a CSV file. */
  readonly delimiter: string;
  /** Columns that are read, or parts of them as `answers.text.0`. */
  readonly wanted: readonly string[];
  /** Called with the file's bytes by readers that read them one after the other. */
  readonly onBytes?: (bytes: Uint8Array) => void;
}

/** A file that is malformed as a whole; each problem names it and, if there is one, the line. */
export class DataError extends Error {
  override readonly name = "DataError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[], cause?: unknown) {
    super(problems.join("\n"), { cause });
    this.problems = problems;
  }
}

/** Returns the column of a path such as `answers.text.0`: the longest part that is one, or the path if none is. */
export function columnOf(path: string, isColumn: (name: string) => boolean): string {
  for (let end = path.length; end > 0; end = path.lastIndexOf(".", end - 1)) {
    if (isColumn(path.slice(0, end))) return path.slice(0, end);
  }
  return path;
}

/** Returns the value at a path such as `answers.text.0`; undefined if there is none. */
export function valueAt(values: Readonly<Record<string, unknown>>, path: string): unknown {
  const column = columnOf(path, (name) => Object.hasOwn(values, name));
  if (!Object.hasOwn(values, column)) return undefined;
  const steps = path.length === column.length ? [] : path.slice(column.length + 1).split(".");
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string, unknown>)[step]
        : undefined,
    values[column],
  );
}
