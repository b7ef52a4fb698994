import { CsvError, parse } from "npm:csv-parse@7";
import { shownText } from "../../files/shown_value.ts";
import { MOST_ROW_BYTES } from "./bounds.ts";
import { columnOf, DataError, type DataFile, type DataRow, type DataTable } from "./data_table.ts";
import { readBytes } from "./read_bytes.ts";

/** A record of a CSV file, and the line at which it begins. */
interface CsvRecord {
  readonly at: number;
  readonly values: readonly string[];
}

/**
 * Opens a CSV file, whose first line has the names of its columns. A value without a character is none.
 *
 * @throws {DataError} if it has no columns, or two of one name
 */
export async function openCsv(file: DataFile): Promise<DataTable> {
  const head = await firstRecord(file);
  if (head === null) throw new DataError([`${file.shown}:1: expected the names of columns, got nothing`]);
  const columns = head.values.map((name) => name.trim());
  const twice = columns.find((name, i) => columns.indexOf(name) < i);
  if (twice !== undefined) {
    throw new DataError([
      `${file.shown}:${head.at}: expected columns with names of their own, got ${shownText(twice) || '""'} again`,
    ]);
  }
  return { columns, rows: () => rowsOf(file, columns), placeOf: (at) => `${file.shown}:${at}` };
}

async function firstRecord(file: DataFile): Promise<CsvRecord | null> {
  for await (const [first] of readRecords({ ...file, onBytes: undefined })) if (first !== undefined) return first;
  return null;
}

async function* rowsOf(file: DataFile, columns: readonly string[]): AsyncGenerator<readonly DataRow[]> {
  const used = new Set(file.wanted.map((path) => columnOf(path, (name) => columns.includes(name))));
  const kept = columns.map((name, i) => ({ name, i })).filter(({ name }) => used.has(name));
  let isHead = true;
  for await (const records of readRecords(file)) {
    const rows = isHead ? records.slice(1) : records;
    isHead &&= records.length === 0;
    yield rows.map(({ at, values }) => ({
      at,
      values: Object.fromEntries(kept.map(({ name, i }) => [name, values[i] === "" ? null : values[i]])),
    }));
  }
}

/** Reads the records that end in each part of the file. */
async function* readRecords(file: DataFile): AsyncGenerator<readonly CsvRecord[]> {
  const records: CsvRecord[] = [];
  let failure: unknown = null;
  // The parser counts a carriage return within a value as a line of its own.
  let [extra, last] = [0, 0];
  const parser = parse({
    delimiter: file.delimiter,
    // Left to find them out, the parser takes a microsecond for each byte before the first.
    record_delimiter: ["\r\n", "\n", "\r"],
    skip_empty_lines: true,
    max_record_size: MOST_ROW_BYTES,
    on_record(record: string[], { lines }) {
      const breaks = record.flatMap((value) => value.match(/\r\n|\r|\n/g) ?? []);
      extra += breaks.filter((one) => one === "\r\n").length;
      last = lines - extra;
      records.push({ at: last - breaks.length, values: record });
      // None is left for the parser to hand on.
      return null;
    },
  });
  parser.on("error", (error) => failure = error);
  parser.resume();
  const take = () => {
    if (failure === null) return records.splice(0);
    if (!(failure instanceof CsvError)) throw failure;
    const isOpen = ["CSV_QUOTE_NOT_CLOSED", "CSV_MAX_RECORD_SIZE"].includes(failure.code);
    const line = isOpen ? last + 1 : Number(failure.lines) - extra;
    throw new DataError([`${file.shown}:${line}: ${wrongText(failure)}`], failure);
  };
  for await (const part of readBytes(file)) {
    await new Promise<void>((written) => parser.write(part, () => written()));
    yield take();
  }
  await new Promise<void>((ended) => parser.end(() => ended()));
  yield take();
}

function wrongText({ code, record, ...error }: CsvError): string {
  switch (code) {
    case "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH":
      return `expected as many values as there are columns, got ${
        (record as unknown[] | undefined)?.length ?? "others"
      }`;
    case "CSV_QUOTE_NOT_CLOSED":
      return "expected a closing quote of the text that begins here, got the end of the file";
    case "CSV_MAX_RECORD_SIZE":
      return `expected a record of at most ${MOST_ROW_BYTES} bytes, got more; a quote may not be closed`;
    case "INVALID_OPENING_QUOTE":
    case "CSV_INVALID_CLOSING_QUOTE":
      return 'expected quotes around a whole value, with "" for a quote in it, got a quote in a value';
    default:
      return `expected CSV, got ${shownText(String(error.message))}`;
  }
}
