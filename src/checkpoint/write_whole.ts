import { dirname } from "node:path";

/**
 * Writes a small file that other processes may read or write at the same time: it is there whole or not at all, and the last
 * to write it wins. Makes its directory.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await Deno.writeTextFile(partial, text);
    await Deno.rename(partial, path);
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    throw error;
  }
}
