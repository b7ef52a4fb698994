import type { Checkpoint } from "./checkpoint.ts";
import { openGguf } from "./gguf/open_gguf.ts";
import { type ModelFileEnding, modelFileEnding, SOME_MODEL_FILE } from "./model_file.ts";
import { openModelDirectory } from "./safetensors/model_directory.ts";
import { statIfThere } from "../files/existing_file.ts";
import { inOurWords } from "../files/system_error.ts";

/** Opens a model's file, by the ending of its name. */
const OPEN_FILE = { ".gguf": openGguf } satisfies Record<ModelFileEnding, (path: string) => Checkpoint>;

/**
 * Opens a model: a Hugging Face directory or a file of one of `MODEL_FILES`. Files stay open until `close()`. Tensors
 * are read one at a time, so that the model is never in memory as a whole.
 *
 * @throws {Deno.errors.NotFound} if nothing is at `path`, or a file is missing in the directory
 * @throws {SyntaxError} if a file is malformed or truncated
 * @throws {TypeError} if `path` is a file of another kind
 */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const found = statIfThere(path);
  if (found === null) {
    throw new Deno.errors.NotFound(
      `Cannot open model ${path} as it must be a directory, ${SOME_MODEL_FILE} file, or organization/name at the hub: got nothing`,
    );
  }
  if (found.isDirectory) return await inOurWords(async () => await openModelDirectory(path));
  const ending = modelFileEnding(path);
  if (ending !== null) return await inOurWords(async () => await OPEN_FILE[ending](path));
  throw new TypeError(
    `Cannot open model ${path} as it must be a directory or ${SOME_MODEL_FILE} file: got another file`,
  );
}
