import { onFile } from "./system_error.ts";

/** Result of `look`, or null if it finds no such file or directory. */
export function ifThere<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/**
 * Returns what the system knows of a path, null if nothing is there.
 *
 * @throws {Error} if the path cannot be one, or must not be read
 */
export function statIfThere(path: string): Deno.FileInfo | null {
  return ifThere(() => onFile("read", path, () => Deno.statSync(path)));
}

/** True if a path is a file; false if it is a directory or nothing is there. */
export function isFile(path: string): boolean {
  return statIfThere(path)?.isFile ?? false;
}

/**
 * Returns a path unchanged if it is an existing file.
 *
 * @throws {Deno.errors.NotFound} if nothing is there
 * @throws {TypeError} if it is a directory
 */
export function requireFile(path: string): string {
  const found = statIfThere(path);
  if (found === null) throw new Deno.errors.NotFound(`Cannot open ${path} as it must be an existing file: got none`);
  if (!found.isFile) throw new TypeError(`Cannot open ${path} as it must be a file: got a directory`);
  return path;
}
