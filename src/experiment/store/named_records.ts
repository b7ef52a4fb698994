import { basename, join } from "node:path";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { checkRecord } from "../../explain/record/check_record.ts";
import { ifThere } from "../../files/existing_file.ts";
import { parseJson } from "../../files/json_object.ts";
import { onFile } from "../../files/system_error.ts";
import { readText } from "../../files/text_file.ts";
import { openPackedRecords } from "./packed_records.ts";
import { unpackRecord } from "./packed_record.ts";

/** Records of an output directory by the names of their cells, whatever experiment they are of. */
interface NamedRecords {
  /** In order. */
  readonly names: readonly string[];
  /**
   * Reads the record of a cell.
   *
   * @throws {SyntaxError} if it is none; the message names it
   */
  read(name: string): AttributionRecord;
  close(): void;
}

const FILE = /^[^.].*\.json$/;

/** Opens the records of an output directory: those in files of their own, and those that workers have left. */
export function openNamedRecords(directory: string): NamedRecords {
  const packed = openPackedRecords(directory);
  const keys = new Map([...packed.cells].filter(([, { kind }]) => kind === "record").map(([key, { id }]) => [id, key]));
  const folder = join(directory, "cells");
  const files = ifThere(() => onFile("read", folder, () => [...Deno.readDirSync(folder)])) ?? [];
  const alone = new Set(files.filter(({ name }) => FILE.test(name)).map(({ name }) => basename(name, ".json")));
  return {
    names: [...new Set([...alone, ...keys.keys()])].sort(),
    read(name) {
      for (const { head, body } of packed.entriesOf(keys.get(name) ?? "")) {
        if (head.kind === "record") return named(`${name} in ${directory}`, () => checkRecord(unpackRecord(body)));
      }
      if (alone.has(name)) return readRecordFile(join(folder, `${name}.json`));
      throw new SyntaxError(`Cannot read ${name} in ${directory} as it must have a record: got none`);
    },
    close: () => packed.close(),
  };
}

/**
 * Reads a record from a file of its own.
 *
 * @throws {SyntaxError} if it is none; the message names the file
 */
export function readRecordFile(path: string): AttributionRecord {
  const text = readText(path);
  return named(path, () => checkRecord(parseJson(text, "it")));
}

function named(what: string, read: () => AttributionRecord): AttributionRecord {
  try {
    return read();
  } catch (error) {
    throw new SyntaxError(`Cannot read ${what}: ${(error as Error).message}`);
  }
}
