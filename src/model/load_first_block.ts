import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { openCheckpoint } from "../checkpoint/open_checkpoint.ts";
import { assembleModel } from "./assemble_model.ts";
import type { LanguageModel } from "./language_model.ts";
import type { LoadOptions } from "./load/load_options.ts";
import { loadWeights } from "./load/load_weights.ts";
import { locateModel } from "./load/locate_model.ts";
import { openOnDevice } from "./open_on_device.ts";
import { createModelRuntime } from "./run/model_runtime.ts";

/** A tensor of a block but the first. */
const LATER_BLOCK = /^model\.layers\.[1-9]\d*\./;

/**
 * Loads the first block of a checkpoint, the embeddings and the head: a model whose scores mean nothing, but whose runs
 * show the pace of the device at the whole one's sizes. Weights of other blocks are not read.
 *
 * @throws {Error} if `loadModel` would throw it for the parts of the checkpoint that are read
 */
export async function loadFirstBlock(source?: string, options: LoadOptions = {}): Promise<LanguageModel> {
  const { path, id } = await locateModel(source, options);
  const checkpoint = withoutLaterBlocks(await openCheckpoint(path));
  return await openOnDevice(checkpoint, options, async (whole, executor) => {
    const config = { ...whole, layers: 1, layerKinds: whole.layerKinds.slice(0, 1) };
    const loaded = await loadWeights(checkpoint, config, executor, options.quantize ?? "none");
    const runtime = createModelRuntime(checkpoint, config, executor, options);
    return assembleModel(checkpoint, runtime, { ...loaded, id, fingerprint: "", identity: "" });
  });
}

function withoutLaterBlocks(checkpoint: Checkpoint): Checkpoint {
  const kept = [...checkpoint.tensors].filter(([name]) => !LATER_BLOCK.test(name));
  return { ...checkpoint, tensors: new Map(kept) };
}
