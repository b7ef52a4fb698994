import { ifThere } from "./existing_file.ts";
import { onFile } from "./system_error.ts";

/** Bytes of a text that is read as a whole: three times the largest tokenizer. A device may have no end. */
const MOST_BYTES = 1 << 27;
/** Bytes that are read at a time. */
const CHUNK = 1 << 20;

/**
 * Reads a text file, which may be a pipe. A byte order mark stays.
 *
 * @throws {Deno.errors.NotFound} if there is no such file
 * @throws {SyntaxError} if it is no UTF-8, or longer than any text that is read
 */
export function readText(path: string): string {
  return decodeUtf8(onFile("read", path, () => readBounded(path)), path);
}

/**
 * Reads standard input to its end as a text.
 *
 * @throws {SyntaxError} if it is no UTF-8, or longer than any text that is read
 */
export function readStandardInput(): string {
  const source = "standard input";
  return decodeUtf8(onFile("read", source, () => readAll(Deno.stdin, source)), source);
}

/** Text of a file with U+FFFD for what is no UTF-8, or null if there is none. */
export function readIfThere(path: string): string | null {
  const bytes = ifThere(() => onFile("read", path, () => readBounded(path)));
  return bytes && new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function readBounded(path: string): Uint8Array<ArrayBuffer> {
  using file = Deno.openSync(path, { read: true });
  return readAll(file, path);
}

function readAll(file: Pick<Deno.FsFile, "readSync">, source: string): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  while (true) {
    const part = new Uint8Array(CHUNK);
    const got = file.readSync(part);
    if (got === null) break;
    parts.push(part.subarray(0, got));
    bytes += got;
    if (bytes > MOST_BYTES) {
      throw new SyntaxError(`Cannot read ${source} as a text must have at most ${MOST_BYTES} bytes: got more`);
    }
  }
  const all = new Uint8Array(bytes);
  let filled = 0;
  for (const part of parts) {
    all.set(part, filled);
    filled += part.length;
  }
  return all;
}

/**
 * Decodes UTF-8. Never puts U+FFFD in the place of other bytes.
 *
 * @param source names the bytes in errors
 * @throws {SyntaxError} if they are no UTF-8, at the first wrong byte
 */
export function decodeUtf8(bytes: Uint8Array<ArrayBuffer>, source: string): string {
  try {
    return decoder().decode(bytes);
  } catch {
    const at = wrongByte(bytes);
    const got = at < bytes.length
      ? `0x${bytes[at].toString(16).padStart(2, "0")} at byte ${at}`
      : "an end in a character";
    throw new SyntaxError(`Cannot read ${source} as it must be UTF-8: got ${got}`);
  }
}

function decoder(): TextDecoder {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
}

/** Finds the first byte that no text goes on with: the number of bytes if they only end too early. */
function wrongByte(bytes: Uint8Array<ArrayBuffer>): number {
  let [valid, wrong] = [0, bytes.length + 1];
  while (wrong - valid > 1) {
    const middle = (valid + wrong) >> 1;
    if (isStart(bytes.subarray(0, middle))) valid = middle;
    else wrong = middle;
  }
  return valid;
}

/** True if a text may begin with these bytes. */
function isStart(bytes: Uint8Array<ArrayBuffer>): boolean {
  try {
    decoder().decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
