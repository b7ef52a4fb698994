import { createHash } from "node:crypto";
import { requireFile } from "./existing_file.ts";

/** A file kept open and read by position. */
export interface OpenFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Reads exactly `length` bytes into a fresh, aligned buffer. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
  close(): void;
}

/** Bytes that a hash reads at a time. */
const HASH_CHUNK = 1 << 23;

/**
 * Opens a file for reading.
 *
 * @throws {Deno.errors.NotFound} if there is no such file
 * @throws {TypeError} if it is a directory
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
      if (closed) throw new TypeError(`Cannot read ${path} as it must be open: got a closed one`);
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

/** "sha256:…" of the files' bytes, one after the other. */
export function sha256(files: readonly OpenFile[]): string {
  const hash = createHash("sha256");
  for (const file of files) {
    for (let offset = 0; offset < file.size; offset += HASH_CHUNK) {
      hash.update(file.read(offset, Math.min(HASH_CHUNK, file.size - offset)));
    }
  }
  return `sha256:${hash.digest("hex")}`;
}
