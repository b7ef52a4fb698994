import { parquetMetadata } from "npm:hyparquet@1";
import type { OpenFile } from "../../files/open_file.ts";
import { MOST_ROWS } from "./bounds.ts";
import { DataError } from "./data_table.ts";

/** Bytes of a footer, and of a column of one row group, decompressed. */
const MOST_FOOTER = 1 << 26;
const MOST_CHUNK = 2 ** 31;
/** "PAR1", at both ends. */
const MAGIC = 0x31524150;

/** A column of one row group. */
interface ParquetChunk {
  readonly path_in_schema: readonly string[];
  /** Undefined for one that the package does not know. */
  readonly codec?: string;
  readonly data_page_offset: bigint;
  readonly total_compressed_size: bigint;
  readonly total_uncompressed_size: bigint;
}

/** Footer of a Parquet file, in the words of its format; the package's own types are not found. */
export interface ParquetFooter {
  readonly num_rows: bigint;
  readonly schema: readonly { readonly name: string; readonly num_children?: number }[];
  readonly row_groups: readonly {
    readonly num_rows: bigint;
    readonly columns: readonly { readonly meta_data?: ParquetChunk }[];
  }[];
}

/**
 * Reads the footer of a Parquet file.
 *
 * @throws {DataError} if the file is not one, is cut off, or has a damaged footer
 */
export function readFooter(opened: OpenFile, shown: string): ParquetFooter {
  const { size } = opened;
  const word = (offset: number) => new DataView(opened.read(offset, 4).buffer).getUint32(0, true);
  if (size < 12 || word(0) !== MAGIC) throw new DataError([`${shown}: expected Parquet, got another file`]);
  if (word(size - 4) !== MAGIC) {
    throw new DataError([`${shown}: expected a whole Parquet file, got one that is cut off`]);
  }
  const bytes = word(size - 8);
  if (bytes > Math.min(size - 12, MOST_FOOTER)) {
    throw new DataError([`${shown}: expected a footer within the Parquet file, got one of ${bytes} bytes`]);
  }
  try {
    const footer = parquetMetadata(opened.read(size - bytes - 8, bytes + 8)) as ParquetFooter;
    checkFooter(footer);
    return footer;
  } catch (error) {
    throw new DataError([`${shown}: expected a footer of Parquet, got a damaged one`], error);
  }
}

/** @throws {Error} if names are no texts, or the counts of rows are none */
function checkFooter({ num_rows, row_groups, schema }: ParquetFooter): void {
  const paths = row_groups.flatMap(({ columns }) =>
    columns.flatMap(({ meta_data }) => meta_data?.path_in_schema ?? [])
  );
  if (![...schema.map(({ name }) => name), ...paths].every((name) => typeof name === "string")) {
    throw new TypeError("Cannot read columns as their names must be texts: got others");
  }
  const counts = row_groups.map((group) => Number(group.num_rows));
  const sum = counts.reduce((so, rows) => so + rows, 0);
  if (counts.every((rows) => rows >= 0) && sum === Number(num_rows) && sum <= MOST_ROWS) return;
  throw new RangeError(`Cannot read rows as they must be at most ${MOST_ROWS}: got ${sum}`);
}

/** Returns the names of the columns, which may have parts. */
export function parquetColumns({ schema }: ParquetFooter): string[] {
  const names: string[] = [];
  for (let i = 1; i < schema.length;) {
    names.push(schema[i].name);
    for (let left = 1; left > 0 && i < schema.length; i++) left += (schema[i].num_children ?? 0) - 1;
  }
  return names;
}

/**
 * Returns the codecs of columns.
 *
 * @throws {DataError} if one lies outside of the file, or is more than what is read at once
 */
export function codecsOf(footer: ParquetFooter, columns: readonly string[], size: number, shown: string): Set<string> {
  const chunks = footer.row_groups.flatMap((group) => group.columns.flatMap(({ meta_data }) => meta_data ?? []))
    .filter(({ path_in_schema: [name] }) => columns.includes(name));
  for (const { path_in_schema: [name], data_page_offset, ...chunk } of chunks) {
    const [start, bytes] = [Number(data_page_offset), Number(chunk.total_compressed_size)];
    if (!(start >= 0 && start < size && bytes >= 0 && bytes <= size)) {
      throw new DataError([`${shown}: expected column ${name} within the file, got it beyond its end`]);
    }
    const all = Number(chunk.total_uncompressed_size);
    if (all <= MOST_CHUNK) continue;
    throw new DataError([
      `${shown}: expected at most ${MOST_CHUNK} bytes of column ${name} in a row group, got ${all}`,
    ]);
  }
  return new Set(chunks.map(({ codec = "an unknown one" }) => codec));
}
