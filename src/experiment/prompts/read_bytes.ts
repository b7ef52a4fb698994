import { requireFile } from "../../files/existing_file.ts";
import { onFile } from "../../files/system_error.ts";
import { DataError, type DataFile } from "./data_table.ts";

const LINE_FEED = 10;

/**
 * Reads the bytes of a text file, decompressed, without a byte order mark, some at a time. Each part begins at a line's
 * start or within a line; all are UTF-8.
 *
 * @throws {DataError} if they are not, or a compressed file is damaged
 */
export async function* readBytes(file: DataFile): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for await (const part of withoutMark(unzipped(file), file)) {
    try {
      decoder.decode(part, { stream: true });
    } catch {
      throw new DataError([`${file.shown}:${line + wrongLine(part)}: expected UTF-8, got other bytes`]);
    }
    line += count(part, LINE_FEED);
    yield part;
  }
  try {
    decoder.decode();
  } catch {
    throw new DataError([`${file.shown}:${line}: expected UTF-8, got an end in a character`]);
  }
}

async function* unzipped(file: DataFile): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (!file.gzip) return yield* stored(file);
  try {
    const parts = ReadableStream.from(stored(file)).pipeThrough(new DecompressionStream("gzip"));
    yield* parts as ReadableStream<Uint8Array<ArrayBuffer>>;
  } catch (error) {
    throw new DataError([`${file.shown}: expected a whole gzip file, got a damaged one`], error);
  }
}

async function* stored({ path, onBytes }: DataFile): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { readable } = onFile("read", path, () => Deno.openSync(requireFile(path), { read: true }));
  for await (const part of readable) {
    onBytes?.(part);
    yield part;
  }
}

async function* withoutMark(
  parts: AsyncIterable<Uint8Array<ArrayBuffer>>,
  { shown }: DataFile,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let first: Uint8Array<ArrayBuffer> | null = new Uint8Array(0);
  for await (const part of parts) {
    if (first === null) {
      yield part;
      continue;
    }
    first = joined([first, part]);
    if (first.length < 3) continue;
    yield unmarked(first, shown);
    first = null;
  }
  if (first !== null && first.length > 0) yield unmarked(first, shown);
}

function unmarked(bytes: Uint8Array<ArrayBuffer>, shown: string): Uint8Array<ArrayBuffer> {
  const [a, b, c] = bytes;
  if (a === 0xff && b === 0xfe || a === 0xfe && b === 0xff) {
    throw new DataError([`${shown}:1: expected UTF-8, got UTF-16`]);
  }
  if (a === 0x1f && b === 0x8b) {
    throw new DataError([`${shown}:1: expected a text, got a gzip file; its name must end in .gz`]);
  }
  return a === 0xef && b === 0xbb && c === 0xbf ? bytes.subarray(3) : bytes;
}

/** Number of lines before the first that is no UTF-8. */
function wrongLine(bytes: Uint8Array<ArrayBuffer>): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let lines = 0;
  for (let start = 0; start < bytes.length; lines++) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found < 0 ? bytes.length : found + 1;
    try {
      // A character that began in an earlier part is within the first line.
      decoder.decode(start === 0 ? withoutRest(bytes.subarray(0, end)) : bytes.subarray(start, end));
    } catch {
      return lines;
    }
    start = end;
  }
  return 0;
}

/** Leaves out the rest of a character at the beginning. */
function withoutRest(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let start = 0;
  while (start < Math.min(3, bytes.length) && (bytes[start] & 0xc0) === 0x80) start++;
  return bytes.subarray(start);
}

/** Joins parts of bytes. */
export function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const part of parts) {
    all.set(part, filled);
    filled += part.length;
  }
  return all;
}

function count(bytes: Uint8Array, byte: number): number {
  let found = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) found++;
  return found;
}
