import type { ColumnSource, ParquetWriter as Writer, SchemaElement } from "npm:hyparquet-writer@0.17";
import { createHash } from "node:crypto";
import { isFile } from "../../files/existing_file.ts";
import { openFile, sha256 } from "../../files/open_file.ts";
import { openWholeFile } from "../../files/whole_file.ts";
import { WHENCE_VERSION } from "../run/version.ts";
import { type ColumnType, isThere } from "./table_column.ts";

/** A column of a Parquet file. */
interface ParquetColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** A Parquet file in the making: it is there whole or not at all, and memory holds one group of its rows. */
interface ParquetFile {
  /** Adds a row: its values, in the order of the columns. */
  add(values: readonly unknown[]): void;
  /** Ends the file, and keeps the one that is there if it has the same bytes. */
  close(): void;
  /** Removes what was written. */
  discard(): void;
}

/** Rows of a group, which is compressed and read as one. */
const GROUP = 100_000;

const TYPES: Readonly<Record<ColumnType, Omit<SchemaElement, "name">>> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  number: { type: "DOUBLE" },
  whole: { type: "INT64" },
  flag: { type: "BOOLEAN" },
};

/**
 * Starts a Parquet file, which has the columns that some row fills, or all of them if it has no row. The package that
 * writes it is loaded now.
 */
export async function openParquet(path: string, columns: readonly ParquetColumn[]): Promise<ParquetFile> {
  const { ByteWriter, ParquetWriter } = await import("npm:hyparquet-writer@0.17");
  const file = openWholeFile(path);
  const bytes = new ByteWriter();
  const hash = createHash("sha256");
  const flush = () => {
    file.write(bytes.getBytes());
    hash.update(bytes.getBytes());
    bytes.index = 0;
  };
  // It is called behind each group of rows.
  const writer = new ParquetWriter({
    writer: Object.assign(bytes, { flush }),
    schema: [
      { name: "root", num_children: columns.length },
      ...columns.map(({ name, type }): SchemaElement => ({ name, repetition_type: "OPTIONAL", ...TYPES[type] })),
    ],
    createdBy: `whence ${WHENCE_VERSION}`,
  });
  const filled = columns.map(() => false);
  let group = columns.map((): unknown[] => []);
  const write = () => {
    const columnData = group.map((data, i): ColumnSource => ({ name: columns[i].name, data }));
    writer.write({ columnData, rowGroupSize: GROUP });
    group = columns.map(() => []);
  };
  return {
    add(values) {
      for (const [i, value] of values.entries()) {
        filled[i] ||= isThere(value);
        group[i].push(typed(value, columns[i].type));
      }
      if (group[0].length === GROUP) write();
    },
    close() {
      write();
      if (filled.some((one) => one)) keepColumns(writer, filled);
      writer.finish();
      flush();
      if (hashOf(path) === `sha256:${hash.digest("hex")}`) return file.discard();
      file.sync();
      file.keep();
    },
    discard: () => file.discard(),
  };
}

/** Leaves the other columns out of all that the file says of itself; their few bytes, without a value, stay unread. */
function keepColumns(writer: Writer, kept: readonly boolean[]): void {
  const [root, ...elements] = writer.schema;
  const schema = elements.filter((_, i) => kept[i]);
  writer.schema = [{ ...root, num_children: schema.length }, ...schema];
  writer.row_groups = writer.row_groups.map((group) => {
    const columns = group.columns.filter((_, i) => kept[i]);
    const bytes = (key: "total_uncompressed_size" | "total_compressed_size") =>
      columns.reduce((sum, { meta_data }) => sum + meta_data![key], 0n);
    const [total_byte_size, total_compressed_size] = [bytes("total_uncompressed_size"), bytes("total_compressed_size")];
    return { ...group, columns, total_byte_size, total_compressed_size };
  });
  const chunks = new Set(writer.row_groups.flatMap(({ columns }) => columns));
  writer.pendingIndexes = writer.pendingIndexes.filter(({ chunk }) => chunks.has(chunk));
}

/** Hash of a file; null if there is none. */
function hashOf(path: string): string | null {
  if (!isFile(path)) return null;
  const file = openFile(path);
  try {
    return sha256([file]);
  } finally {
    file.close();
  }
}

function typed(value: unknown, type: ColumnType): unknown {
  if (!isThere(value)) return null;
  if (type === "whole") return BigInt(value as number);
  return type === "text" ? String(value) : value;
}
