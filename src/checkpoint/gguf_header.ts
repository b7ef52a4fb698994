import type { OpenFile } from "./file.ts";

/** A value of a GGUF key. 64-bit integers are numbers too: none of a model's sizes is beyond 2^53. */
export type GgufValue = number | boolean | string | GgufValue[];

/** Where a tensor lies in a GGUF file. */
export interface GgufEntry {
  readonly name: string;
  /** Outermost dimension first, unlike in the file. */
  readonly shape: readonly number[];
  /** The file's number of the tensor type. */
  readonly type: number;
  /** Absolute position of the first byte. */
  readonly offset: number;
}

/** What stands before the tensors of a GGUF file. */
export interface GgufHeader {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly entries: readonly GgufEntry[];
}

const MAGIC = "GGUF";
const VERSIONS = [2, 3];
const DEFAULT_ALIGNMENT = 32;
const MAX_DIMENSIONS = 4;
/** Bytes read from the file at a time. */
const WINDOW = 1 << 20;

const STRING = 8;
const ARRAY = 9;

/** Reads one value of each type but strings and arrays, by the file's number. */
const SCALARS: ReadonlyMap<number, (cursor: Cursor) => number | boolean> = new Map<
  number,
  (cursor: Cursor) => number | boolean
>([
  [0, (cursor) => cursor.take(1).getUint8(0)],
  [1, (cursor) => cursor.take(1).getInt8(0)],
  [2, (cursor) => cursor.take(2).getUint16(0, true)],
  [3, (cursor) => cursor.take(2).getInt16(0, true)],
  [4, u32],
  [5, (cursor) => cursor.take(4).getInt32(0, true)],
  [6, (cursor) => cursor.take(4).getFloat32(0, true)],
  [7, (cursor) => cursor.take(1).getUint8(0) !== 0],
  [10, u64],
  [11, (cursor) => Number(cursor.take(8).getBigInt64(0, true))],
  [12, (cursor) => cursor.take(8).getFloat64(0, true)],
]);

/**
 * Reads keys and tensor positions of a GGUF file, version 2 or 3, little-endian.
 *
 * Written here because `@huggingface/gguf` 0.4 cuts a string at the end of an array where its 2 MB window ends, and
 * reads zeros beyond the end of a truncated file, both without an error.
 *
 * Source: docs/gguf.md of ggml.
 *
 * @throws SyntaxError where the file is no such file or is truncated
 */
export function readGgufHeader(file: OpenFile): GgufHeader {
  const cursor = openCursor(file);
  const magic = cursor.text(4);
  if (magic !== MAGIC) throw malformed(file, `it must start with ${MAGIC}`, JSON.stringify(magic));
  const version = u32(cursor);
  if (!VERSIONS.includes(version)) throw malformed(file, `its version must be ${VERSIONS.join(" or ")}`, version);
  const tensorCount = u64(cursor);
  const keyCount = u64(cursor);
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < keyCount; i++) {
    const key = text(cursor);
    metadata.set(key, readValue(cursor, u32(cursor), `key ${key}`));
  }
  const found = Array.from({ length: tensorCount }, () => readEntry(cursor));
  const alignment = metadata.get("general.alignment") ?? DEFAULT_ALIGNMENT;
  if (typeof alignment !== "number" || !(alignment > 0)) {
    throw malformed(file, "general.alignment must be a positive number", alignment);
  }
  const dataStart = Math.ceil(cursor.position() / alignment) * alignment;
  return { metadata, entries: found.map((entry) => ({ ...entry, offset: entry.offset + dataStart })) };
}

/** Reads a file from front to back. */
interface Cursor {
  readonly file: OpenFile;
  /** The next bytes. */
  take(bytes: number): DataView;
  /** The next bytes as UTF-8. */
  text(bytes: number): string;
  position(): number;
}

function openCursor(file: OpenFile): Cursor {
  const decoder = new TextDecoder();
  let window: DataView = new DataView(new ArrayBuffer(0));
  let windowStart = 0;
  let at = 0;
  const take = (bytes: number) => {
    if (!(at + bytes <= file.size)) {
      throw malformed(file, `its header must go on to byte ${at + bytes} at least`, `${file.size} bytes (truncated)`);
    }
    if (at + bytes > windowStart + window.byteLength) {
      windowStart = at;
      window = new DataView(file.read(at, Math.min(Math.max(bytes, WINDOW), file.size - at)).buffer);
    }
    const view = new DataView(window.buffer, at - windowStart, bytes);
    at += bytes;
    return view;
  };
  return { file, take, text: (bytes) => decoder.decode(take(bytes)), position: () => at };
}

function u32(cursor: Cursor): number {
  return cursor.take(4).getUint32(0, true);
}

function u64(cursor: Cursor): number {
  return Number(cursor.take(8).getBigUint64(0, true));
}

function text(cursor: Cursor): string {
  return cursor.text(u64(cursor));
}

function readValue(cursor: Cursor, type: number, what: string): GgufValue {
  if (type === STRING) return text(cursor);
  if (type === ARRAY) {
    const elementType = u32(cursor);
    const values: GgufValue[] = [];
    for (let left = u64(cursor); left > 0; left--) values.push(readValue(cursor, elementType, what));
    return values;
  }
  const read = SCALARS.get(type);
  if (read === undefined) throw malformed(cursor.file, `${what} must have a type from 0 to 12`, type);
  return read(cursor);
}

function readEntry(cursor: Cursor): GgufEntry {
  const name = text(cursor);
  const dimensions = u32(cursor);
  if (dimensions > MAX_DIMENSIONS) {
    throw malformed(cursor.file, `tensor ${name} must have at most ${MAX_DIMENSIONS} dimensions`, dimensions);
  }
  const shape = Array.from({ length: dimensions }, () => u64(cursor)).reverse();
  return { name, shape, type: u32(cursor), offset: u64(cursor) };
}

function malformed(file: OpenFile, must: string, got: unknown): SyntaxError {
  return new SyntaxError(`Cannot read ${file.path} as ${must}: got ${got}`);
}
