import { basename, dirname, join } from "node:path";
import { readIfThere } from "./existing_file.ts";

/** A file in the making. The first call of `keep` or `discard` ends it. */
interface WholeFile {
  readonly file: Deno.FsFile;
  /** Closes it and gives it its name. */
  keep(): void;
  /** Closes and removes it. */
  discard(): void;
}

/** Ending of files in the making, and of what a killed process left of one. */
const PARTIAL = ".tmp";

/** Names of files in the making. */
export const PARTIAL_NAME = /^\..+\.tmp$/;

/**
 * Returns the name under which a file or directory is made before it gets its own: hidden, in the same directory, and
 * short, as some file systems take names of 143 bytes only.
 */
export function partialPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${crypto.randomUUID().slice(0, 8)}${PARTIAL}`);
}

/**
 * Starts a file that is there whole or not at all: it is written under another name and renamed. If several processes
 * write one file at once, the last wins. Makes its directory.
 *
 * @throws {Error} if the directory cannot be written
 */
export function openWholeFile(path: string): WholeFile {
  Deno.mkdirSync(dirname(path), { recursive: true });
  const partial = partialPath(path);
  const file = Deno.openSync(partial, { write: true, createNew: true });
  let done = false;
  const once = (end: () => void) => () => {
    if (done) return;
    done = true;
    file.close();
    end();
  };
  return {
    file,
    keep: once(() => {
      try {
        Deno.renameSync(partial, path);
      } catch (error) {
        Deno.removeSync(partial);
        throw error;
      }
    }),
    discard: once(() => Deno.removeSync(partial)),
  };
}

/** Writes all bytes, however few the file takes at once. */
export function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
}

/**
 * Writes a file whole or not at all: a kill or a power cut at any moment leaves the old file or the new one.
 *
 * @throws {Error} if the directory cannot be written; the old file stays
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const whole = openWholeFile(path);
  try {
    writeAll(whole.file, typeof content === "string" ? new TextEncoder().encode(content) : content);
    await whole.file.sync();
    whole.keep();
  } finally {
    whole.discard();
  }
}

/** Writes a file whole, unless it has this content already. Returns true if it wrote. */
export async function writeIfChanged(path: string, content: string): Promise<boolean> {
  if (readIfThere(path) === content) return false;
  await writeWhole(path, content);
  return true;
}

/** Removes what killed processes left of files in a directory, which no other process may be writing. */
export async function removePartials(directory: string): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (isFile && PARTIAL_NAME.test(name)) await Deno.remove(join(directory, name));
  }
}
