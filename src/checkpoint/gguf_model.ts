import type { GgufHeader, GgufValue } from "./gguf_header.ts";

/** Hugging Face's `model_type` and `architectures` of a GGUF architecture. */
const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ["llama", "LlamaForCausalLM"],
  ["qwen2", "Qwen2ForCausalLM"],
]);

/** Parts of `blk.N.…` names. */
const BLOCK_PARTS: ReadonlyMap<string, string> = new Map([
  ["attn_norm", "input_layernorm"],
  ["attn_q", "self_attn.q_proj"],
  ["attn_k", "self_attn.k_proj"],
  ["attn_v", "self_attn.v_proj"],
  ["attn_output", "self_attn.o_proj"],
  ["ffn_norm", "post_attention_layernorm"],
  ["ffn_gate", "mlp.gate_proj"],
  ["ffn_up", "mlp.up_proj"],
  ["ffn_down", "mlp.down_proj"],
]);

const OUTER_PARTS: ReadonlyMap<string, string> = new Map([
  ["token_embd.weight", "model.embed_tokens.weight"],
  ["output_norm.weight", "model.norm.weight"],
  ["output.weight", "lm_head.weight"],
]);

/** Hugging Face's name of a tensor, undefined for one that the model has no place for. */
export function huggingFaceName(name: string): string | undefined {
  const block = /^blk\.(\d+)\.([a-z_]+)\.(weight|bias)$/.exec(name);
  if (!block) return OUTER_PARTS.get(name);
  const part = BLOCK_PARTS.get(block[2]);
  return part && `model.layers.${block[1]}.${part}.${block[3]}`;
}

/**
 * The keys of `config.json` that a GGUF file's metadata state, as transformers derives them.
 *
 * @throws SyntaxError where the architecture is not supported or a key is missing; `path` names the file
 */
export function deriveConfig({ metadata, entries }: GgufHeader, path: string): Record<string, unknown> {
  const architecture = metadata.get("general.architecture");
  const className = ARCHITECTURES.get(architecture as string);
  if (className === undefined) {
    throw new SyntaxError(
      `Cannot read ${path} as general.architecture must be ${
        [...ARCHITECTURES.keys()].join(" or ")
      }: got ${architecture}`,
    );
  }
  const number = (key: string, otherwise?: number) => {
    const value = metadata.get(`${architecture}.${key}`) ?? otherwise;
    if (typeof value === "number") return value;
    throw new SyntaxError(`Cannot read ${path} as ${architecture}.${key} must be a number: got ${value ?? "none"}`);
  };
  const heads = number("attention.head_count");
  const hidden = number("embedding_length");
  return {
    model_type: architecture,
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
    ...ropeScaling(metadata, architecture as string),
    max_position_embeddings: number("context_length"),
    vocab_size: number("vocab_size", entries.find(({ name }) => name === "token_embd.weight")?.shape[0]),
    tie_word_embeddings: !entries.some(({ name }) => name === "output.weight"),
    bos_token_id: metadata.get("tokenizer.ggml.bos_token_id") ?? null,
    eos_token_id: metadata.get("tokenizer.ggml.eos_token_id") ?? null,
  };
}

/** A `rope_scaling` where the file asks for one, so that a reader who cannot do it says so. */
function ropeScaling(metadata: ReadonlyMap<string, GgufValue>, architecture: string): Record<string, unknown> {
  const type = metadata.get(`${architecture}.rope.scaling.type`);
  if (type === undefined || type === "none") return {};
  return { rope_scaling: { rope_type: type, factor: metadata.get(`${architecture}.rope.scaling.factor`) ?? null } };
}

/**
 * The file's row for each row of a query or key projection. llama.cpp stores the two halves that rotate together
 * next to each other, Hugging Face half a head apart: row (head, i, half) there is row (head, half, i) here.
 *
 * @param rows heads · head size
 */
export function rotaryRows(rows: number, heads: number): number[] {
  const headSize = rows / heads;
  return Array.from({ length: rows }, (_, row) => {
    const [head, within] = [Math.floor(row / headSize), row % headSize];
    const [half, i] = [Math.floor(within / (headSize / 2)), within % (headSize / 2)];
    return head * headSize + 2 * i + half;
  });
}

/** Heads of a tensor whose rows are stored in rotary order, undefined for any other. */
export function rotaryHeads(name: string, config: Record<string, unknown>): number | undefined {
  if (config.model_type !== "llama") return undefined;
  if (/\.attn_q\./.test(name)) return config.num_attention_heads as number;
  return /\.attn_k\./.test(name) ? config.num_key_value_heads as number : undefined;
}
