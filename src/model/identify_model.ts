import { openCheckpoint } from "../checkpoint/open_checkpoint.ts";
import type { LanguageModel } from "./language_model.ts";
import { identifyCheckpoint } from "./load_checkpoint.ts";
import type { LoadOptions } from "./load/load_options.ts";
import { findModelHere } from "./load/locate_model.ts";
import { weightsCache } from "./load/quantize/weights_cache.ts";

/**
 * Tells what decides a model's numbers, without loading or downloading it.
 *
 * @returns null if it is not on this machine
 */
export async function identifyModel(
  source: string,
  { quantize = "none", cache }: Pick<LoadOptions, "quantize" | "cache">,
): Promise<Pick<LanguageModel, "fingerprint" | "identity"> | null> {
  const found = await findModelHere(source);
  if (found === null) return null;
  const checkpoint = await openCheckpoint(found.path);
  try {
    return await identifyCheckpoint(checkpoint, quantize, await weightsCache(cache));
  } finally {
    checkpoint.close();
  }
}
