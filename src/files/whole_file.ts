import { basename, dirname, join } from "node:path";
import { ifThere } from "./existing_file.ts";
import { onFile } from "./system_error.ts";
import { readIfThere } from "./text_file.ts";

/** A file in the making. The first call of `keep` or `discard` ends it. */
interface WholeFile {
  /** Writes all bytes, however few the file takes at once. */
  write(bytes: Uint8Array): void;
  /** Waits until the disk has what was written. */
  sync(): void;
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
  const on = <T>(work: () => T): T => onFile("write", path, work);
  makeDirectory(dirname(path));
  const partial = partialPath(path);
  const file = on(() => Deno.openSync(partial, { write: true, createNew: true }));
  let done = false;
  const once = (end: () => void) => () => {
    if (done) return;
    done = true;
    file.close();
    end();
  };
  return {
    write: (bytes) =>
      on(() => {
        for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
      }),
    sync: () => on(() => file.syncSync()),
    keep: once(() => {
      try {
        on(() => Deno.renameSync(partial, path));
      } catch (error) {
        ifThere(() => Deno.removeSync(partial));
        throw error;
      }
    }),
    // Its directory may have been removed.
    discard: once(() => ifThere(() => Deno.removeSync(partial))),
  };
}

/**
 * Makes a directory and those around it.
 *
 * @throws {Error} if one cannot be made; the message names it
 */
export function makeDirectory(path: string): void {
  onFile("write", path, () => Deno.mkdirSync(path, { recursive: true }));
}

/**
 * Writes a file whole or not at all: a kill or a power cut at any moment leaves the old file or the new one.
 *
 * @throws {Error} if the directory cannot be written; the old file stays
 */
// deno-lint-ignore require-await -- a promise, so that a fault of the disk rejects instead of throwing
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const whole = openWholeFile(path);
  try {
    whole.write(typeof content === "string" ? new TextEncoder().encode(content) : content);
    whole.sync();
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

/**
 * Removes what killed processes left of files in a directory, which no other process may be writing.
 *
 * @param except name of a file that another process may be writing all the same
 */
export async function removePartials(directory: string, except?: string): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (except !== undefined && name.startsWith(`.${except}.`)) continue;
    if (isFile && PARTIAL_NAME.test(name)) await Deno.remove(join(directory, name));
  }
}
