import { parquetReadObjects, snappyUncompress } from "npm:hyparquet@1";
import { shownNames } from "../../files/shown_value.ts";
import { openFile } from "../../files/open_file.ts";
import { columnOf, DataError, type DataFile, type DataRow, type DataTable } from "./data_table.ts";
import { codecsOf, parquetColumns, type ParquetFooter, readFooter } from "./parquet_metadata.ts";
import { plainValue } from "./plain_value.ts";

/** Rows that are read at a time: a row group may have a million. */
const WINDOW = 16_384;
/** Bytes of a page, decompressed. */
const MOST_PAGE = 1 << 28;

/** Codecs of columns that are read. */
const CODECS = ["UNCOMPRESSED", "SNAPPY", "GZIP", "BROTLI", "ZSTD", "LZ4", "LZ4_RAW"];

/** Decompresses a page, which says itself how long it is going to be. */
type Decompress = (input: Uint8Array, length: number) => Uint8Array;

/**
 * Opens a Parquet file.
 *
 * @throws {DataError} if it is none, is cut off, or its columns are compressed in a way that nobody reads
 */
export async function openParquet(file: DataFile): Promise<DataTable> {
  if (file.gzip) {
    throw new DataError([`${file.shown}: expected Parquet, which is compressed within, got a gzip file`]);
  }
  const opened = openFile(file.path);
  try {
    const footer = readFooter(opened, file.shown);
    const columns = parquetColumns(footer);
    const used = [...new Set(file.wanted.map((path) => columnOf(path, (name) => columns.includes(name))))]
      .filter((name) => columns.includes(name));
    const compressors = await compressorsOf(codecsOf(footer, used, opened.size, file.shown), file.shown);
    return {
      columns,
      rows: () => readRows(file, { metadata: footer, columns: used, compressors }),
      placeOf: (at) => `${file.shown}: row ${at}`,
    };
  } finally {
    opened.close();
  }
}

/** @throws {DataError} if there is no decompressor for one of the codecs */
async function compressorsOf(codecs: ReadonlySet<string>, shown: string): Promise<Record<string, Decompress>> {
  const unknown = [...codecs].filter((codec) => !CODECS.includes(codec));
  if (unknown.length > 0) {
    const names = CODECS.join(", ");
    throw new DataError([`${shown}: expected columns compressed by one of ${names}, got ${shownNames(unknown)}`]);
  }
  const isUsual = [...codecs].every((codec) => codec === "SNAPPY" || codec === "UNCOMPRESSED");
  const others = isUsual ? {} : (await import("npm:hyparquet-compressors@1")).compressors;
  const all: Record<string, Decompress> = { ...others as Record<string, Decompress>, SNAPPY: snappy };
  return Object.fromEntries(Object.entries(all).map(([codec, decompress]) => [codec, bounded(decompress)]));
}

function snappy(input: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  snappyUncompress(input, output);
  return output;
}

function bounded(decompress: Decompress): Decompress {
  return (input, length) => {
    if (length >= 0 && length <= MOST_PAGE) return decompress(input, length);
    throw new RangeError(`Cannot decompress a page as it must have at most ${MOST_PAGE} bytes: got ${length}`);
  };
}

/** Settings of every read; pages that are not of its rows are left out, where the file tells which. */
const ALWAYS = { useOffsetIndex: true, parsers: { stringFromBytes: textOrBytes, jsonFromBytes: textOrBytes } };

/** Returns a text, where the package would put U+FFFD in the place of bytes that are none. */
function textOrBytes(bytes: Uint8Array | undefined): string | Uint8Array | undefined {
  try {
    return bytes && new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes;
  }
}

/** Settings of the package's reader. */
interface HowToRead {
  readonly metadata: ParquetFooter;
  readonly columns: string[];
  readonly compressors: Record<string, Decompress>;
}

async function* readRows({ path, shown }: DataFile, how: HowToRead): AsyncGenerator<readonly DataRow[]> {
  const opened = openFile(path);
  const file = {
    byteLength: opened.size,
    slice: (start: number, end = opened.size) => opened.read(start, end - start).buffer,
  };
  try {
    for (const [start, end] of windowsOf(how.metadata)) {
      let rows: DataRow[];
      try {
        const read: Record<string, unknown>[] = how.columns.length === 0
          ? Array.from({ length: end - start }, () => ({}))
          : await parquetReadObjects({ ...how, ...ALWAYS, file, rowStart: start, rowEnd: end } as never);
        if (read.length !== end - start) throw new RangeError(`Cannot read ${end - start} rows: got ${read.length}`);
        rows = read.map((row, i) => ({ at: start + i + 1, values: plainValue(row) as DataRow["values"] }));
      } catch (error) {
        throw new DataError([
          `${shown}: expected rows ${start + 1} to ${end} in pages of Parquet, got damaged or unknown ones`,
        ], error);
      }
      yield rows;
    }
  } finally {
    opened.close();
  }
}

/** Rows from and to which is read at a time, those of one row group. */
function* windowsOf({ row_groups }: ParquetFooter): Generator<readonly [start: number, end: number]> {
  let start = 0;
  for (const group of row_groups) {
    const end = start + Number(group.num_rows);
    for (; start < end; start = Math.min(end, start + WINDOW)) yield [start, Math.min(end, start + WINDOW)];
  }
}
