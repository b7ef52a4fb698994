import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";

/** Head of an entry, by which it is found without its body. */
export interface EntryHead {
  /** A record, or the error of a cell that failed. */
  readonly kind: "record" | "failure";
  /** Of the cell. */
  readonly id: string;
  readonly key: string;
  /** Short hash of the model that computed it; empty if it did not say, or failed. */
  readonly model: string;
  /** Milliseconds since 1970, by the clock of the machine that wrote it. */
  readonly time: number;
}

/** Place of an entry in its file, in bytes. */
export interface EntryPlace {
  readonly head: EntryHead;
  readonly at: number;
  readonly length: number;
}

/** An entry as it was read. */
export interface Entry {
  readonly head: EntryHead;
  readonly body: Uint8Array;
}

/** Beginning of every entry, by which the next one is found behind a damaged one. */
const MAGIC = Buffer.from("WHR1");
/** Bytes of the beginning, of the length and of the checksum; then come the head's length, the head and the body. */
const [PREFIX, LENGTH] = [12, 4];

/** Writes an entry: it is whole if its checksum is right. */
export function encodeEntry(head: EntryHead, body: Uint8Array): Uint8Array {
  const json = Buffer.from(JSON.stringify(head));
  const bytes = Buffer.alloc(PREFIX + LENGTH + json.length + body.length);
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(bytes.length - PREFIX, 4);
  bytes.writeUInt32LE(json.length, PREFIX);
  json.copy(bytes, PREFIX + LENGTH);
  bytes.set(body, PREFIX + LENGTH + json.length);
  bytes.writeUInt32LE(crc32(bytes.subarray(PREFIX)), 8);
  return bytes;
}

/** Reads the entry at the beginning of some bytes; null if there is no whole one. */
function decodeEntry(bytes: Uint8Array): (Entry & { readonly length: number }) | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = entryLength(buffer);
  if (length === null || length > buffer.length) return null;
  const content = buffer.subarray(PREFIX, length);
  if (crc32(content) !== buffer.readUInt32LE(8)) return null;
  const behind = LENGTH + content.readUInt32LE(0);
  return { head: JSON.parse(content.toString("utf8", LENGTH, behind)), body: content.subarray(behind), length };
}

/** A file, or a part of one, that is read by position. */
interface ReadableBytes {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
}

/** Bytes that are searched at a time for the next entry. */
const CHUNK = 1 << 20;

/**
 * Finds the whole entries of a file from a position on. What is damaged is passed over.
 *
 * @returns the entries, and the end of the last
 */
export function scanEntries(file: ReadableBytes, from: number): { readonly found: EntryPlace[]; readonly end: number } {
  const found: EntryPlace[] = [];
  let end = from;
  for (let at = from; at + PREFIX <= file.size;) {
    const entry = readEntry(file, at);
    if (entry === null) {
      at = nextMagic(file, at + 1);
      continue;
    }
    found.push({ head: entry.head, at, length: entry.length });
    end = at += entry.length;
  }
  return { found, end };
}

/** Reads the entry at a position; null if there is no whole one. */
export function readEntry(file: ReadableBytes, at: number): (Entry & { readonly length: number }) | null {
  if (at + PREFIX > file.size) return null;
  const length = entryLength(Buffer.from(file.read(at, PREFIX)));
  return length === null || at + length > file.size ? null : decodeEntry(file.read(at, length));
}

function entryLength(prefix: Buffer): number | null {
  if (prefix.length < PREFIX || prefix.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) !== 0) return null;
  const content = prefix.readUInt32LE(4);
  return content < LENGTH ? null : PREFIX + content;
}

/** Position of the next beginning of an entry, or the end of the file. */
function nextMagic(file: ReadableBytes, from: number): number {
  for (let at = from; at < file.size; at += CHUNK) {
    const part = Buffer.from(file.read(at, Math.min(CHUNK + MAGIC.length, file.size - at)));
    const found = part.indexOf(MAGIC);
    if (found >= 0) return at + found;
  }
  return file.size;
}
