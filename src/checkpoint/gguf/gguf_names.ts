import type { GgufArchitecture } from "./gguf_architectures.ts";

/**
 * Name of the divisors of every frequency of the rotary embedding, [head size / 2]. Llama 3's files have them in place
 * of the rule that gives them.
 */
export const ROPE_DIVISORS = "rope_freqs.weight";

const OUTER_PARTS: ReadonlyMap<string, string> = new Map([
  ["token_embd.weight", "model.embed_tokens.weight"],
  ["output_norm.weight", "model.norm.weight"],
  ["output.weight", "lm_head.weight"],
  [ROPE_DIVISORS, ROPE_DIVISORS],
]);

/** Returns Hugging Face's name of a tensor, undefined if the model has no place for it. */
export function huggingFaceName(name: string, { parts }: GgufArchitecture): string | undefined {
  const block = /^blk\.(\d+)\.([a-z_]+)\.(weight|bias)$/.exec(name);
  if (!block) return OUTER_PARTS.get(name);
  const part = parts.get(block[2]);
  return part && `model.layers.${block[1]}.${part}.${block[3]}`;
}
