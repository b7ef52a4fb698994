import { parseUniqueKeys } from "../../files/json_object.ts";
import { MOST_MALFORMED, MOST_ROW_BYTES, MOST_ROWS } from "./bounds.ts";
import { DataError, type DataFile, type DataRow, type DataTable } from "./data_table.ts";
import { joined, readBytes } from "./read_bytes.ts";

const LINE_FEED = 10;

/** Opens a file with a JSON object on each line; blank lines are none. */
// deno-lint-ignore require-await -- as the other formats
export async function openJsonl(file: DataFile): Promise<DataTable> {
  return { columns: null, rows: () => readRows(file), placeOf: (at) => `${file.shown}:${at}` };
}

/** @throws {DataError} if lines hold no JSON object: the first ten */
async function* readRows(file: DataFile): AsyncGenerator<readonly DataRow[]> {
  const malformed: string[] = [];
  for await (const lines of readLines(file)) {
    const rows: DataRow[] = [];
    for (const { at, text } of lines) {
      if (text.trim() === "") continue;
      try {
        rows.push({ at, values: parseUniqueKeys(text, "") });
      } catch (error) {
        malformed.push(`${file.shown}:${at}: ${malformedText(text, error)}`);
        if (malformed.length === MOST_MALFORMED) throw new DataError(malformed);
      }
    }
    if (malformed.length === 0) yield rows;
  }
  if (malformed.length > 0) throw new DataError(malformed);
}

/** Says "expected …, got …" for "Cannot read … as it must be …: got …". */
function malformedText(text: string, error: unknown): string {
  const said = (error as Error).message;
  const got = (/: got ([\s\S]*)$/.exec(said)?.[1] ?? "something else").replace(/ in line 1(?:, (?=column))?/, " at ")
    .trimEnd().replace(/ at$/, "");
  const must = / must be (a JSON object|JSON|unique)/.exec(said)?.[1];
  if (must === "unique") return `expected each key once, got ${got}`;
  const whole = /^\s*\[/.test(text) ? "; each row must be an object on a line of its own" : "";
  return `expected ${must === undefined ? "JSON of fewer levels" : "a JSON object"}, got ${got}${whole}`;
}

interface Line {
  readonly at: number;
  readonly text: string;
}

async function* readLines(file: DataFile): AsyncGenerator<readonly Line[]> {
  const decoder = new TextDecoder();
  let rest: Uint8Array<ArrayBuffer>[] = [];
  let [at, bytes] = [1, 0];
  const linesOf = (part: Uint8Array<ArrayBuffer>) => {
    const texts = decoder.decode(part).split("\n");
    const lines = texts.map((text, i) => ({ at: at + i, text }));
    at += texts.length;
    if (at > MOST_ROWS) throw new DataError([`${file.shown}: expected at most ${MOST_ROWS} lines, got more`]);
    return lines;
  };
  for await (const part of readBytes(file)) {
    const end = part.lastIndexOf(LINE_FEED);
    const first = part.indexOf(LINE_FEED);
    bytes += first < 0 ? part.length : first;
    if (bytes > MOST_ROW_BYTES) {
      throw new DataError([`${file.shown}:${at}: expected a line of at most ${MOST_ROW_BYTES} bytes, got more`]);
    }
    if (end < 0) {
      rest.push(part);
      continue;
    }
    yield linesOf(joined([...rest, part.subarray(0, end)]));
    rest = [part.slice(end + 1)];
    bytes = rest[0].length;
  }
  if (bytes > 0) yield linesOf(joined(rest));
}
