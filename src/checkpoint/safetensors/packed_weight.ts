import type { Tensor, TensorInfo } from "../checkpoint.ts";
import { shownValue } from "../../files/shown_value.ts";
import type { SafetensorsEntry } from "./safetensors_file.ts";

/** Reads an entry's bytes and says where they came from. */
export interface EntryReader {
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  /** File of an entry, for messages. */
  path(name: string): string;
  /** All bytes of an entry, or `length` of them from `start`. */
  read(name: string, start?: number, length?: number): Uint8Array<ArrayBuffer>;
}

/** A weight that several entries hold together: codes, scales and what else a quantization needs. */
export interface PackedWeight {
  /** Under the weight's own name; bytes are those of all entries. */
  readonly info: TensorInfo;
  /** Entries that belong to it. */
  readonly parts: readonly string[];
  /**
   * Reads it.
   *
   * @throws SyntaxError where a part is not what the format asks for
   */
  read(): Tensor;
  /** Reads rows as f32, [rows.length, in]; throws as `read`. */
  readRows(rows: readonly number[]): Float32Array;
}

/** Where a tensor stands, for messages. */
export function whereIs(name: string, entry: string, reader: EntryReader): string {
  return `tensor ${name} in ${reader.path(entry)}`;
}

/** A dtype and shape, for messages. */
export function describeEntry(entry: SafetensorsEntry): string {
  return `${entry.dtype} [${entry.shape}]`;
}

/** @throws SyntaxError "Cannot read `what` as `must`: got `got`" unless the condition holds */
export function expect(condition: boolean, what: string, must: string, got: unknown): asserts condition {
  if (condition) return;
  throw new SyntaxError(`Cannot read ${what} as ${must}: got ${typeof got === "string" ? got : shownValue(got)}`);
}

/** Bytes of all parts together, each of which must be there. */
export function sumParts(what: string, parts: readonly string[], reader: EntryReader): number {
  let bytes = 0;
  for (const part of parts) {
    const entry = reader.entries.get(part);
    expect(entry !== undefined, what, `it must have ${part}`, "none");
    bytes += entry.bytes;
  }
  return bytes;
}
