import type { TensorInfo } from "../checkpoint.ts";
import type { Tensor } from "../tensor.ts";
import { shownText, shownValue } from "../../files/shown_value.ts";
import type { SafetensorsEntry } from "./safetensors_file.ts";

/** Reader of the entries of all files of a model. */
export interface EntryReader {
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  /** Returns the file of an entry, for messages. */
  path(name: string): string;
  /** Reads all bytes of an entry, or `length` of them from `start`. */
  read(name: string, start?: number, length?: number): Uint8Array<ArrayBuffer>;
}

/** A weight that several entries hold together: codes, scales and other parts of a quantization. */
export interface PackedWeight {
  /** Under the weight's own name; bytes are those of all entries. */
  readonly info: TensorInfo;
  /** Entries that belong to it. */
  readonly parts: readonly string[];
  /**
   * Reads it.
   *
   * @throws {SyntaxError} if a part is not as the format asks for
   */
  read(): Tensor;
  /** Reads rows as f32, [rows.length, in]; throws as `read`. */
  readRows(rows: readonly number[]): Float32Array;
}

/** Names a tensor and its file, for messages. */
export function whereIs(name: string, entry: string, reader: EntryReader): string {
  return `tensor ${name} in ${reader.path(entry)}`;
}

/** Names dtype and shape of an entry, for messages. */
export function describeEntry(entry: SafetensorsEntry): string {
  return `${entry.dtype} [${entry.shape}]`;
}

/**
 * Checks a condition on the content of a file.
 *
 * @throws {SyntaxError} if it does not hold: "Cannot read `what` as `must`: got `got`"
 */
export function expect(condition: boolean, what: string, must: string, got: unknown): asserts condition {
  if (condition) return;
  // The text "4" must not look like the number.
  const isPlain = typeof got === "string" && !/^(|-?[\d.]+|true|false|null)$/.test(got.slice(0, 100));
  throw new SyntaxError(`Cannot read ${what} as ${must}: got ${isPlain ? shownText(got) : shownValue(got)}`);
}

/**
 * Sums the bytes of all parts.
 *
 * @throws {SyntaxError} if one is missing
 */
export function sumParts(what: string, parts: readonly string[], reader: EntryReader): number {
  let bytes = 0;
  for (const part of parts) {
    const entry = reader.entries.get(part);
    expect(entry !== undefined, what, `it must have ${part}`, "none");
    bytes += entry.bytes;
  }
  return bytes;
}
