import { dirname, isAbsolute, join } from "node:path";
import { statIfThere } from "../../files/existing_file.ts";
import { shownText } from "../../files/shown_value.ts";
import { type HubHooks, locateDataset } from "../../model/load/locate_model.ts";
import type { ParsedSource } from "../config/source_schema.ts";
import { DATA_ENDINGS, dataFormat } from "./data_format.ts";
import { DataError, type DataFile, type DataTable } from "./data_table.ts";

/** A file among those of a source, and where it is looked for. */
interface SourceFile {
  readonly file: string;
  /** The experiment's file: a path is relative to its folder. */
  readonly experiment: string;
  readonly source: ParsedSource;
  readonly wanted: readonly string[];
}

/** Services of reading. */
export interface ReadHooks extends HubHooks {
  /** Called with each file, as it is named and where it is, before it is read; returns what its bytes are told to. */
  onFile?(file: string, path: string): DataFile["onBytes"];
}

/**
 * Opens a file of prompts, of this machine or of a data set at the hub; a path that exists wins.
 *
 * @throws {DataError} if it is malformed
 * @throws {RangeError} if there is none, or its format is not known: "expected …, got …"
 * @throws {HubError} if the hub lacks it, refuses, or cannot be reached
 */
export async function openSource(given: SourceFile, hooks: ReadHooks): Promise<DataTable> {
  const { file, source: { delimiter } } = given;
  const format = dataFormat(file);
  if (format === null) {
    const advice = /\.json(\.gz)?$/i.test(file) ? "; an object a line is JSONL" : "";
    throw new RangeError(`expected ${DATA_ENDINGS}, got ${shownText(file)}${advice}`);
  }
  if (delimiter !== undefined && format.delimiter === undefined) {
    throw new RangeError(`expected a .csv or .tsv file with a delimiter, got ${shownText(file)}`);
  }
  const { path, shown } = await locate(given, hooks);
  const { open, gzip } = format;
  const onBytes = hooks.onFile?.(file, path);
  const data = { path, shown, gzip, delimiter: delimiter ?? format.delimiter ?? "", wanted: given.wanted, onBytes };
  return await open(data);
}

async function locate(
  { file, experiment }: SourceFile,
  hooks: HubHooks,
): Promise<{ readonly path: string; readonly shown: string }> {
  const path = isAbsolute(file) ? file : join(dirname(experiment), file);
  const found = statIfThere(path);
  if (found?.isFile) return { path, shown: path };
  if (found !== null) {
    throw new RangeError(`expected a file, got ${found.isDirectory ? "a directory" : "a device"} at ${path}`);
  }
  const downloaded = await locateDataset(file, hooks);
  if (downloaded !== null) return { path: downloaded, shown: file };
  throw new RangeError(`expected a file that exists, got none at ${shownText(path)}`);
}

/** Returns the problems of an error that a file of prompts is the reason of; null for any other. */
export function problemsOfData(error: unknown, place: string): readonly string[] | null {
  if (error instanceof DataError) return error.problems;
  return error instanceof RangeError ? [`${place}${error.message}`] : null;
}
