import { basename, dirname, join } from "node:path";

/** Names of half-written files; a killed process leaves at most one. */
const TEMPORARY = /^\..+\.tmp$/;

/** Writes a file whole or not at all: a kill at any moment leaves the old file or the new one. */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const temporary = join(dirname(path), `.${basename(path)}.tmp`);
  const file = await Deno.open(temporary, { write: true, create: true, truncate: true });
  try {
    for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
    await file.sync();
  } finally {
    file.close();
  }
  await Deno.rename(temporary, path);
}

/** Like `writeAtomic`, but leaves a file alone that already has this content. Returns whether it wrote. */
export async function writeIfChanged(path: string, content: string): Promise<boolean> {
  if (await readIfThere(path) === content) return false;
  await writeAtomic(path, content);
  return true;
}

/** The text of a file, or null where there is none. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Removes what a killed process left half-written in a directory. */
export async function removeTemporaries(directory: string): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (isFile && TEMPORARY.test(name)) await Deno.remove(join(directory, name));
  }
}
