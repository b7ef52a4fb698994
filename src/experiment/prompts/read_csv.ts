import { pipeline, Readable } from "node:stream";
import { CsvError, type Info, parse } from "npm:csv-parse@7";
import { shownText } from "../../files/shown_value.ts";
import { MOST_ROW_BYTES, MOST_ROWS } from "./bounds.ts";
import { columnOf, DataError, type DataFile, type DataRow, type DataTable } from "./data_table.ts";
import { readBytes } from "./read_bytes.ts";

/** Rows that are handed on at a time. */
const BATCH = 1000;

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
  for await (const record of readRecords(file)) return record;
  return null;
}

async function* rowsOf(file: DataFile, columns: readonly string[]): AsyncGenerator<readonly DataRow[]> {
  const used = new Set(file.wanted.map((path) => columnOf(path, (name) => columns.includes(name))));
  const kept = columns.map((name, i) => ({ name, i })).filter(({ name }) => used.has(name));
  let rows: DataRow[] = [];
  let isHead = true;
  for await (const { at, values } of readRecords(file)) {
    if (isHead) {
      isHead = false;
      continue;
    }
    rows.push({
      at,
      values: Object.fromEntries(kept.map(({ name, i }) => [name, values[i] === "" ? null : values[i]])),
    });
    if (rows.length < BATCH) continue;
    yield rows;
    rows = [];
  }
  yield rows;
}

async function* readRecords(file: DataFile): AsyncGenerator<CsvRecord> {
  const parser = parse({
    info: true,
    delimiter: file.delimiter,
    skip_empty_lines: true,
    max_record_size: MOST_ROW_BYTES,
  });
  // Errors reach the parser, which throws them.
  pipeline(Readable.from(readBytes(file)), parser, () => {});
  // The parser counts a carriage return within a value as a line of its own.
  let [extra, records] = [0, 0];
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      if (++records > MOST_ROWS) throw new DataError([`${file.shown}: expected at most ${MOST_ROWS} rows, got more`]);
      const breaks = record.flatMap((value) => value.match(/\r\n|\r|\n/g) ?? []);
      extra += breaks.filter((one) => one === "\r\n").length;
      yield { at: info.lines - extra - breaks.length, values: record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new DataError([`${file.shown}:${Number(error.lines) - extra}: ${wrongText(error)}`], error);
  }
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
