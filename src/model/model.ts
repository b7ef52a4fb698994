import { openCheckpoint } from "../checkpoint/open_checkpoint.ts";
import { assembleModel } from "./assemble_model.ts";
import type { LanguageModel } from "./language_model.ts";
import type { LoadOptions } from "./load/load_options.ts";
import { loadCheckpoint } from "./load_checkpoint.ts";
import { locateModel } from "./load/locate_model.ts";
import { openOnDevice } from "./open_on_device.ts";
import { filesOfGiven, isGivenTokenizer } from "./tokens/given_tokenizer.ts";
import { createModelRuntime } from "./run/model_runtime.ts";

export type { DeviceInfo } from "./device_info.ts";
export type { LanguageModel } from "./language_model.ts";
export type { Device, LoadOptions } from "./load/load_options.ts";

/**
 * Loads a checkpoint: a Hugging Face directory, a GGUF file, or `organization/name[@revision][:file.gguf]` at the
 * hub; without a name (or by the name `embedded`) the embedded biography model, by the name `chains` the embedded model
 * of planted chains. A path that exists wins. Files of the hub are downloaded once, into the cache that Python's
 * huggingface_hub shares; `HF_HOME`, `HF_HUB_CACHE`, `HF_ENDPOINT`, `HF_TOKEN` and `HF_HUB_OFFLINE` set its sources and
 * places.
 *
 * @throws {HubError} if the hub lacks it, refuses, or cannot be reached
 * @throws {NoAdapterError} if `device` is `webgpu` and no adapter answers
 * @throws {SyntaxError} if a file is malformed
 * @throws {TypeError} if a tensor does not fit the config
 */
export async function loadModel(source?: string, options: LoadOptions = {}): Promise<LanguageModel> {
  const { path, id } = await locateModel(source, options);
  const { tokenizer } = options;
  const opened = await openCheckpoint(path);
  const checkpoint = isGivenTokenizer(tokenizer)
    ? { ...opened, tokenizer: filesOfGiven(tokenizer, opened.tokenizer) }
    : opened;
  return await openOnDevice(checkpoint, options, async (config, executor) => {
    const loaded = await loadCheckpoint(checkpoint, config, executor, options);
    const runtime = createModelRuntime(checkpoint, config, executor, options);
    return assembleModel(checkpoint, runtime, { ...loaded, id }, tokenizer);
  });
}
