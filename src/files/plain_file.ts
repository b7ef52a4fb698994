import { dirname } from "node:path";
import { statIfThere } from "./existing_file.ts";
import { inWords, onFile } from "./system_error.ts";
import { makeDirectory } from "./whole_file.ts";

/**
 * Makes the directories around a file that is going to be written, and checks that it can be. Leaves what is there.
 *
 * @throws {Error} if it cannot be written; the message names it
 */
export function prepareFile(path: string): void {
  makeDirectory(dirname(path));
  const found = statIfThere(path);
  onFile("write", path, () => {
    if (found === null) {
      Deno.openSync(path, { write: true, create: true }).close();
      Deno.removeSync(path);
    } else if (found.isFile || found.isDirectory) Deno.openSync(path, { append: true }).close();
  });
}

/**
 * Writes a file in its place, which may be a pipe or a device.
 *
 * @throws {Error} if it cannot be written; the message names it
 */
export async function writePlain(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
  } catch (error) {
    throw inWords(error, { verb: "write", path });
  }
}
