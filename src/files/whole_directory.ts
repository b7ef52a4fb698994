import { join } from "node:path";
import { ifThere } from "./existing_file.ts";
import { partialPath } from "./whole_file.ts";

/** A file of a directory to make. */
interface NamedContent {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Makes a directory that is there with all its files or not at all. Keeps one that is there already: another process
 * may have been first.
 *
 * @throws {Error} if it cannot be written
 */
export async function writeWholeDirectory(path: string, files: readonly NamedContent[]): Promise<void> {
  if (isThere(path)) return;
  const partial = partialPath(path);
  await Deno.mkdir(partial, { recursive: true });
  try {
    for (const { name, bytes } of files) await Deno.writeFile(join(partial, name), bytes);
    await Deno.rename(partial, path);
  } catch (error) {
    await Deno.remove(partial, { recursive: true });
    if (!isThere(path)) throw error;
  }
}

function isThere(path: string): boolean {
  return ifThere(() => Deno.statSync(path)) !== null;
}
