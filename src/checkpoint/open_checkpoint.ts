import type { Checkpoint } from "./checkpoint.ts";
import { openDirectory } from "./safetensors/model_directory.ts";
import { openGguf } from "./gguf/open_gguf.ts";

/**
 * Opens a model: a Hugging Face directory or a GGUF file. Files stay open until `close()`; tensors are read one at a
 * time, so the model is never in memory as a whole.
 *
 * @throws Deno.errors.NotFound where nothing is at `path`, or a file is missing in the directory
 * @throws SyntaxError where a file is malformed or truncated
 * @throws TypeError where `path` is a file of another kind
 */
// deno-lint-ignore require-await -- a promise, so that every fault rejects instead of throwing
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  if (isDirectory(path)) return openDirectory(path);
  if (path.toLowerCase().endsWith(".gguf")) return openGguf(path);
  throw new TypeError(`Cannot open model ${path} as it must be a directory or a .gguf file: got another file`);
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Deno.errors.NotFound(
      `Cannot open model ${path} as it must be a directory, a .gguf file, or organization/name at the hub: got nothing`,
    );
  }
}
