import type { OpenFile } from "../../files/open_file.ts";
import { shownText, shownValue } from "../../files/shown_value.ts";

/** A value of a GGUF key. 64-bit integers are numbers too: none of a model's sizes is beyond 2^53. */
export type GgufValue = number | boolean | string | GgufValue[];

/** Place of a tensor in a GGUF file. */
export interface GgufEntry {
  readonly name: string;
  /** Outermost dimension first, unlike in the file. */
  readonly shape: readonly number[];
  /** The file's number of the tensor type. */
  readonly type: number;
  /** Absolute position of the first byte. */
  readonly offset: number;
}

/** Content of a GGUF file before its tensors. */
export interface GgufHeader {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly entries: readonly GgufEntry[];
  /** Bytes of which every tensor's position, counted from the first's, is a multiple. */
  readonly alignment: number;
  /** Absolute position of the first tensor. */
  readonly dataStart: number;
}

const MAGIC = "GGUF";
const VERSIONS = [2, 3];
const DEFAULT_ALIGNMENT = 32;
const MAX_DIMENSIONS = 4;
/** Bytes of a tensor's name, by the format. */
const MAX_NAME_BYTES = 64;
/** Bytes of a key, by the format. */
const MAX_KEY_BYTES = 65535;
/** As in safetensors; keeps a wrong length from being allocated. The largest vocabularies take a tenth of it. */
const MAX_HEADER_BYTES = 100_000_000;
/** Elements of all lists together. Each takes up to eight bytes in memory for one in the file. */
const MAX_ELEMENTS = 1 << 24;
/** The fewest bytes of a key with its value, and of a tensor's description. */
const KEY_BYTES = 8 + 4 + 1;
const ENTRY_BYTES = 8 + 4 + 4 + 8;
/** Bytes read from the file at a time. */
const WINDOW = 1 << 20;

const STRING = 8;
const ARRAY = 9;

/** Readers of one value of each type but strings and arrays, by the file's number. */
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
 * Source: gguf.md of ggml.
 *
 * @throws {SyntaxError} if the file is of another kind or is truncated
 */
export function readGgufHeader(file: OpenFile): GgufHeader {
  const cursor = openCursor(file);
  const start = cursor.take(4);
  const magic = String.fromCharCode(...new Uint8Array(start.buffer, start.byteOffset, 4));
  if (magic !== MAGIC) throw malformed(file, `it must start with ${MAGIC}`, JSON.stringify(magic));
  const version = u32(cursor);
  if (VERSIONS.includes(swapped(version))) throw malformed(file, "its numbers must be little-endian", "big-endian");
  if (!VERSIONS.includes(version)) throw malformed(file, `its version must be ${VERSIONS.join(" or ")}`, version);
  const tensorCount = count(cursor, ENTRY_BYTES, "tensors");
  const keyCount = count(cursor, KEY_BYTES, "keys");
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < keyCount; i++) {
    const key = text(cursor, MAX_KEY_BYTES, "a key");
    if (metadata.has(key)) throw malformed(file, "its keys must be unique", `${shownText(key)} twice`);
    metadata.set(key, readValue(cursor, u32(cursor), `key ${shownText(key)}`));
  }
  const found = Array.from({ length: tensorCount }, () => readEntry(cursor));
  const alignment = metadata.get("general.alignment") ?? DEFAULT_ALIGNMENT;
  if (!Number.isSafeInteger(alignment) || (alignment as number) < 1) {
    throw malformed(file, "general.alignment must be a positive number", shownValue(alignment));
  }
  const dataStart = padded(cursor.position(), alignment as number);
  const entries = found.map((entry) => ({ ...entry, offset: entry.offset + dataStart }));
  return { metadata, entries, alignment: alignment as number, dataStart };
}

/** Returns the next multiple of an alignment. */
export function padded(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}

/** Reads a file from front to back. */
interface Cursor {
  readonly file: OpenFile;
  /** Takes the next bytes. */
  take(bytes: number): DataView;
  /** Takes the next bytes as UTF-8. */
  text(bytes: number): string;
  position(): number;
  /** Elements that further lists may have. */
  elementsLeft: number;
}

function openCursor(file: OpenFile): Cursor {
  // A byte order mark is a character of a piece like any other.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let window: DataView = new DataView(new ArrayBuffer(0));
  let windowStart = 0;
  let at = 0;
  const take = (bytes: number) => {
    if (!(at + bytes <= file.size)) {
      throw malformed(file, `its header must go on to byte ${at + bytes} at least`, `${file.size} bytes (truncated)`);
    }
    if (at + bytes > MAX_HEADER_BYTES) {
      throw malformed(file, `its header must be at most ${MAX_HEADER_BYTES} bytes`, `${at + bytes} or more`);
    }
    if (at + bytes > windowStart + window.byteLength) {
      windowStart = at;
      window = new DataView(file.read(at, Math.min(Math.max(bytes, WINDOW), file.size - at)).buffer);
    }
    const view = new DataView(window.buffer, at - windowStart, bytes);
    at += bytes;
    return view;
  };
  const text = (bytes: number) => {
    const view = take(bytes);
    try {
      return decoder.decode(view);
    } catch {
      throw malformed(file, `the text at byte ${at - bytes} must be UTF-8`, "other bytes");
    }
  };
  return { file, take, text, position: () => at, elementsLeft: MAX_ELEMENTS };
}

function u32(cursor: Cursor): number {
  return cursor.take(4).getUint32(0, true);
}

/** Returns the number that the same four bytes mean in the other order. */
function swapped(value: number): number {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setUint32(0, value, true);
  return bytes.getUint32(0, false);
}

function u64(cursor: Cursor): number {
  return Number(cursor.take(8).getBigUint64(0, true));
}

function text(cursor: Cursor, most = Infinity, what = "a string"): string {
  const bytes = u64(cursor);
  if (bytes > most) throw malformed(cursor.file, `${what} must have at most ${most} bytes`, bytes);
  return cursor.text(bytes);
}

/** Reads a number of things of at least so many bytes each, all of which must lie in the file. */
function count(cursor: Cursor, bytes: number, what: string): number {
  const number = u64(cursor);
  const most = Math.floor((cursor.file.size - cursor.position()) / bytes);
  if (number > most) throw malformed(cursor.file, `it must have at most ${most} ${what} by its size`, number);
  return number;
}

function readValue(cursor: Cursor, type: number, what: string): GgufValue {
  if (type === STRING) return text(cursor);
  if (type === ARRAY) return readList(cursor, what);
  const read = SCALARS.get(type);
  if (read === undefined) throw malformed(cursor.file, `${what} must have a type from 0 to 12`, type);
  return read(cursor);
}

function readList(cursor: Cursor, what: string): GgufValue[] {
  const type = u32(cursor);
  // The format has lists of lists; no writer makes them, and a header of nothing else would exhaust the stack.
  if (type === ARRAY) throw malformed(cursor.file, `${what} must be no list of lists`, "one");
  const length = count(cursor, 1, `elements of ${what}`);
  if (length > cursor.elementsLeft) {
    throw malformed(cursor.file, `its lists must have at most ${MAX_ELEMENTS} elements`, `${length} of ${what}`);
  }
  cursor.elementsLeft -= length;
  const values: GgufValue[] = [];
  for (let left = length; left > 0; left--) values.push(readValue(cursor, type, what));
  return values;
}

function readEntry(cursor: Cursor): GgufEntry {
  const name = text(cursor, MAX_NAME_BYTES, "a tensor's name");
  const dimensions = u32(cursor);
  if (dimensions > MAX_DIMENSIONS) {
    throw malformed(cursor.file, `tensor ${name} must have at most ${MAX_DIMENSIONS} dimensions`, dimensions);
  }
  const shape = Array.from({ length: dimensions }, () => u64(cursor)).reverse();
  if (!shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw malformed(cursor.file, `tensor ${name} must have sizes from 1 on`, `[${shape}]`);
  }
  return { name, shape, type: u32(cursor), offset: u64(cursor) };
}

function malformed(file: OpenFile, must: string, got: unknown): SyntaxError {
  return new SyntaxError(`Cannot read ${file.path} as ${must}: got ${got}`);
}
