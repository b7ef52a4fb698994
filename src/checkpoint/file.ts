import { createHash } from "node:crypto";
import { findDuplicateKey } from "./duplicate_key.ts";

/** A file kept open and read by position. */
export interface OpenFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Reads exactly `length` bytes into a fresh, aligned buffer. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
  close(): void;
}

/** Bytes a hash reads at a time. */
const HASH_CHUNK = 1 << 23;

/**
 * Opens a file for reading.
 *
 * @throws Deno.errors.NotFound where there is no such file
 */
export function openFile(path: string): OpenFile {
  const file = Deno.openSync(requireFile(path), { read: true });
  const size = file.statSync().size;
  let closed = false;
  return {
    path,
    size,
    // Seek and read are synchronous so that two concurrent readers cannot move each other's position.
    read(offset, length) {
      if (closed) throw new TypeError(`Cannot read ${path} as the checkpoint must be open: got a closed one`);
      if (offset < 0 || length < 0 || offset + length > size) {
        throw new RangeError(
          `Cannot read ${path} as bytes ${offset} to ${offset + length} must be within the file: got ${size} bytes`,
        );
      }
      const bytes = new Uint8Array(length);
      file.seekSync(offset, Deno.SeekMode.Start);
      for (let filled = 0; filled < length;) {
        const got = file.readSync(bytes.subarray(filled));
        if (got === null) {
          throw new RangeError(
            `Cannot read ${path} as it must keep its ${size} bytes: got an end at ${offset + filled}`,
          );
        }
        filled += got;
      }
      return bytes;
    },
    close() {
      if (!closed) file.close();
      closed = true;
    },
  };
}

/** Returns `path` if it is an existing file. */
function requireFile(path: string): string {
  let isFile: boolean;
  try {
    isFile = Deno.statSync(path).isFile;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Deno.errors.NotFound(`Cannot open ${path} as it must be an existing file: got none`);
  }
  if (!isFile) throw new TypeError(`Cannot open ${path} as it must be a file: got a directory`);
  return path;
}

/** Whether a path is a file; false where nothing is. */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** "sha256:…" over the files' bytes, one after the other. */
export function sha256(files: readonly OpenFile[]): string {
  const hash = createHash("sha256");
  for (const file of files) {
    for (let offset = 0; offset < file.size; offset += HASH_CHUNK) {
      hash.update(file.read(offset, Math.min(HASH_CHUNK, file.size - offset)));
    }
  }
  return `sha256:${hash.digest("hex")}`;
}

/**
 * Reads a JSON object.
 *
 * @throws Deno.errors.NotFound where there is no such file
 * @throws SyntaxError where it does not hold a JSON object
 */
export function readJsonObject(path: string): Record<string, unknown> {
  return parseJsonObject(Deno.readTextFileSync(requireFile(path)), path);
}

/**
 * Parses a JSON object.
 *
 * @param source names it in errors
 * @throws SyntaxError where it is none
 */
export function parseJsonObject(text: string, source: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`Cannot read ${source} as it must be JSON: got ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(`Cannot read ${source} as it must be a JSON object: got ${shownValue(value)}`);
  }
  return value as Record<string, unknown>;
}

/**
 * Parses a JSON object no object within which has a key twice.
 *
 * @param source names it in errors
 * @throws SyntaxError where it is none
 */
export function parseUniqueKeys(text: string, source: string): Record<string, unknown> {
  const value = parseJsonObject(text, source);
  const key = findDuplicateKey(text);
  if (key === undefined) return value;
  throw new SyntaxError(`Cannot read ${source} as its keys must be unique: got ${shownValue(key)} twice`);
}

/** Characters of a wrong value that a message shows. */
const SHOWN = 120;

/** The start of a value's JSON, for messages: a malformed file may hold any value, of any size and depth. */
export function shownValue(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = `a ${typeof value} that is nested too deeply`;
  }
  return (text ?? String(value)).slice(0, SHOWN);
}
