import { shownValue } from "../../files/shown_value.ts";
import type { GgufArchitecture, ReadNumber } from "./gguf_architectures.ts";
import type { GgufHeader, GgufValue } from "./gguf_header.ts";

/**
 * Derives the keys of `config.json` from a GGUF file's metadata, as transformers does.
 *
 * @param path names the file in messages
 * @throws {SyntaxError} if a key is missing
 */
export function deriveConfig(
  metadata: GgufHeader["metadata"],
  entries: GgufHeader["entries"],
  { architecture, modelType, className, ownKeys }: GgufArchitecture,
  path: string,
): Record<string, unknown> {
  const number: ReadNumber = (key, otherwise) => {
    const value = metadata.get(`${architecture}.${key}`) ?? otherwise;
    if (typeof value === "number") return value;
    throw new SyntaxError(
      `Cannot read ${path} as ${architecture}.${key} must be a number: got ${
        value === undefined ? "none" : shownValue(value)
      }`,
    );
  };
  const heads = number("attention.head_count");
  const hidden = number("embedding_length");
  const window = metadata.get(`${architecture}.attention.sliding_window`);
  const config = {
    model_type: modelType,
    architectures: [className],
    hidden_act: "silu",
    hidden_size: hidden,
    intermediate_size: number("feed_forward_length"),
    num_hidden_layers: number("block_count"),
    num_attention_heads: heads,
    num_key_value_heads: number("attention.head_count_kv", heads),
    head_dim: number("attention.key_length", number("rope.dimension_count", hidden / heads)),
    rms_norm_eps: number("attention.layer_norm_rms_epsilon"),
    rope_theta: number("rope.freq_base", 10000),
    ...ropeScaling(metadata, architecture),
    ...(window === undefined ? {} : { sliding_window: window }),
    max_position_embeddings: number("context_length"),
    vocab_size: number("vocab_size", entries.find(({ name }) => name === "token_embd.weight")?.shape[0]),
    tie_word_embeddings: !entries.some(({ name }) => name === "output.weight"),
    attention_bias: entries.some(({ name }) => /^blk\.\d+\.attn_q\.bias$/.test(name)),
    bos_token_id: metadata.get("tokenizer.ggml.bos_token_id") ?? null,
    eos_token_id: metadata.get("tokenizer.ggml.eos_token_id") ?? null,
  };
  return { ...config, ...ownKeys?.(number, config) };
}

/** Derives a `rope_scaling` if the file asks for one, so that a reader who cannot do it says so. */
function ropeScaling(metadata: ReadonlyMap<string, GgufValue>, architecture: string): Record<string, unknown> {
  const key = (name: string) => metadata.get(`${architecture}.rope.scaling.${name}`);
  const type = key("type");
  if (type === undefined || type === "none") return {};
  const factor = key("factor") ?? null;
  if (type !== "yarn") return { rope_scaling: { rope_type: type, factor } };
  const scaling = {
    rope_type: type,
    factor,
    original_max_position_embeddings: key("original_context_length"),
    beta_fast: key("yarn_beta_fast"),
    beta_slow: key("yarn_beta_slow"),
    // llama.cpp multiplies the value that it infers from the factor by this one.
    attention_factor: key("attn_factor") === undefined
      ? undefined
      : (key("attn_factor") as number) * (0.1 * Math.log(factor as number) + 1),
  };
  return { rope_scaling: Object.fromEntries(Object.entries(scaling).filter(([, value]) => value !== undefined)) };
}
