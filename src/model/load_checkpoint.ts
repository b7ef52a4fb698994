import { cacheFolder } from "../checkpoint/cache/cache_directory.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import type { Executor } from "../graph/executor.ts";
import type { LanguageModel } from "./language_model.ts";
import type { LoadOptions } from "./load/load_options.ts";
import { loadWeights, type Quantize } from "./load/load_weights.ts";
import type { ModelConfig } from "./load/model_config.ts";
import { modelIdentity } from "./load/model_identity.ts";
import { weightsCache } from "./load/quantize/weights_cache.ts";

/** Facts about loaded weights that decide a model's numbers. */
type LoadedFacts = Pick<LanguageModel, "parameters" | "quantization" | "fingerprint" | "identity">;

/** Uploads a checkpoint's weights and tells what they are. Digests of its files are kept where a cache may be. */
export async function loadCheckpoint(
  checkpoint: Checkpoint,
  config: ModelConfig,
  executor: Pick<Executor, "upload">,
  { quantize = "none", cache, onHint, onLoad }: Pick<LoadOptions, "quantize" | "cache" | "onHint" | "onLoad">,
): Promise<LoadedFacts> {
  const directory = await weightsCache(cache);
  const loaded = await loadWeights(checkpoint, config, executor, quantize, { directory, onHint, onLoad });
  return { ...loaded, ...await identifyCheckpoint(checkpoint, quantize, directory) };
}

/**
 * Tells what decides a checkpoint's numbers, without loading its weights.
 *
 * @param directory of the cache that keeps digests of its files; null for none
 */
export async function identifyCheckpoint(
  checkpoint: Checkpoint,
  quantize: Quantize,
  directory: string | null,
): Promise<Pick<LoadedFacts, "fingerprint" | "identity">> {
  const fingerprint = await checkpoint.fingerprint(directory === null ? undefined : cacheFolder("digests", directory));
  return { fingerprint, identity: modelIdentity({ ...checkpoint, fingerprint, quantize }) };
}
