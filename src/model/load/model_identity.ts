import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { QUANTIZER } from "../../checkpoint/cache/quantized_cache.ts";
import { settingsDigest } from "../../checkpoint/settings_digest.ts";
import type { Quantize } from "./load_weights.ts";

/** A checkpoint as it is loaded. */
interface LoadedCheckpoint extends Pick<Checkpoint, "config" | "tokenizer"> {
  /** Of the weights. */
  readonly fingerprint: string;
  readonly quantize: Quantize;
}

/**
 * Returns "sha256:…" of all that decides a model's numbers but the device: the weights, the configuration,
 * quantization at load, the tokenizer with its chat template, and the defaults of generation.
 */
export function modelIdentity({ fingerprint, quantize, config, tokenizer }: LoadedCheckpoint): string {
  return settingsDigest({
    fingerprint,
    config,
    quantize,
    quantizer: quantize === "none" ? null : QUANTIZER,
    tokenizer,
  });
}
