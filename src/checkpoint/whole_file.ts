import { dirname } from "node:path";

/** A file in the making; it ends with the first call of `keep` or `discard`. */
export interface WholeFile {
  readonly file: Deno.FsFile;
  /** Closes it and gives it its name. */
  keep(): void;
  /** Closes and removes it. */
  discard(): void;
}

/** Ending of files in the making, and of what a killed process left of one. */
export const PARTIAL = ".tmp";

/**
 * Starts a file that is there whole or not at all, also where two processes make it at once: it is written under another name
 * and renamed. For a text that is known at once, see `writeWhole`.
 *
 * @throws {Error} where the directory cannot be written
 */
export function openWholeFile(path: string): WholeFile {
  Deno.mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${crypto.randomUUID()}${PARTIAL}`;
  const file = Deno.openSync(partial, { write: true, createNew: true });
  let done = false;
  const once = (end: () => void) => () => {
    if (!done) {
      done = true;
      end();
    }
  };
  return {
    file,
    keep: once(() => {
      file.close();
      Deno.renameSync(partial, path);
    }),
    discard: once(() => {
      file.close();
      Deno.removeSync(partial);
    }),
  };
}

/** Writes everything, however much the file takes at once. */
export function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
}
