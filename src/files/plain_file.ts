import { inWords } from "./system_error.ts";

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
