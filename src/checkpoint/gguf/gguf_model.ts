import type { GgufHeader, GgufValue } from "./gguf_header.ts";

/** How the files of one GGUF architecture differ from Hugging Face's. */
export interface GgufForm {
  /** `general.architecture`, which keys of the metadata start with. */
  readonly architecture: string;
  /** `model_type` */
  readonly modelType: string;
  /** Of transformers. */
  readonly className: string;
  /** Names of `blk.N.…` and what they are in Hugging Face's blocks. */
  readonly parts: ReadonlyMap<string, string>;
  /** Whether rows of queries and keys are in rotary order. */
  readonly rotaryOrder: boolean;
  /** What norms' weights are stored with on top. */
  readonly normOffset: 0 | 1;
}

const PARTS: readonly (readonly [string, string])[] = [
  ["attn_norm", "input_layernorm"],
  ["attn_q", "self_attn.q_proj"],
  ["attn_k", "self_attn.k_proj"],
  ["attn_v", "self_attn.v_proj"],
  ["attn_output", "self_attn.o_proj"],
  ["ffn_norm", "post_attention_layernorm"],
  ["ffn_gate", "mlp.gate_proj"],
  ["ffn_up", "mlp.up_proj"],
  ["ffn_down", "mlp.down_proj"],
];

const HEAD_NORMS: typeof PARTS = [["attn_q_norm", "self_attn.q_norm"], ["attn_k_norm", "self_attn.k_norm"]];

const SANDWICH: typeof PARTS = [
  ["post_attention_norm", "post_attention_layernorm"],
  ["ffn_norm", "pre_feedforward_layernorm"],
  ["post_ffw_norm", "post_feedforward_layernorm"],
];

const plain = { parts: new Map(PARTS), rotaryOrder: false, normOffset: 0 } as const;
const gemma = { rotaryOrder: false, normOffset: 1 } as const;

const FORMS: readonly GgufForm[] = [
  { ...plain, architecture: "llama", modelType: "llama", className: "LlamaForCausalLM", rotaryOrder: true },
  { ...plain, architecture: "qwen2", modelType: "qwen2", className: "Qwen2ForCausalLM" },
  {
    ...plain,
    architecture: "qwen3",
    modelType: "qwen3",
    className: "Qwen3ForCausalLM",
    parts: new Map([...PARTS, ...HEAD_NORMS]),
  },
  {
    ...gemma,
    architecture: "gemma2",
    modelType: "gemma2",
    className: "Gemma2ForCausalLM",
    parts: new Map([...PARTS, ...SANDWICH]),
  },
  {
    ...gemma,
    architecture: "gemma3",
    modelType: "gemma3_text",
    className: "Gemma3ForCausalLM",
    parts: new Map([...PARTS, ...SANDWICH, ...HEAD_NORMS]),
  },
];

/** What every frequency of the rotary embedding is divided by, [head size / 2]: Llama 3's files state it in place of its rule. */
export const ROPE_DIVISORS = "rope_freqs.weight";

const OUTER_PARTS: ReadonlyMap<string, string> = new Map([
  ["token_embd.weight", "model.embed_tokens.weight"],
  ["output_norm.weight", "model.norm.weight"],
  ["output.weight", "lm_head.weight"],
  [ROPE_DIVISORS, ROPE_DIVISORS],
]);

/**
 * The form of a file.
 *
 * @throws SyntaxError where its architecture is not supported; `path` names the file
 */
export function formOf({ metadata }: GgufHeader, path: string): GgufForm {
  const architecture = metadata.get("general.architecture");
  const form = FORMS.find((form) => form.architecture === architecture);
  if (form === undefined) {
    const known = FORMS.map(({ architecture }) => architecture).join(", ");
    throw new SyntaxError(`Cannot read ${path} as general.architecture must be one of ${known}: got ${architecture}`);
  }
  // llama.cpp has no architecture for Mistral, which is Llama but for its window.
  const slides = architecture === "llama" && metadata.has("llama.attention.sliding_window");
  return slides ? { ...form, modelType: "mistral", className: "MistralForCausalLM" } : form;
}

/** Hugging Face's name of a tensor, undefined for one that the model has no place for. */
export function huggingFaceName(name: string, { parts }: GgufForm): string | undefined {
  const block = /^blk\.(\d+)\.([a-z_]+)\.(weight|bias)$/.exec(name);
  if (!block) return OUTER_PARTS.get(name);
  const part = parts.get(block[2]);
  return part && `model.layers.${block[1]}.${part}.${block[3]}`;
}

/**
 * The keys of `config.json` that a GGUF file's metadata state, as transformers derives them.
 *
 * @throws SyntaxError where a key is missing; `path` names the file
 */
export function deriveConfig(
  { metadata, entries }: GgufHeader,
  { architecture, modelType, className }: GgufForm,
  path: string,
): Record<string, unknown> {
  const number: ReadNumber = (key, otherwise) => {
    const value = metadata.get(`${architecture}.${key}`) ?? otherwise;
    if (typeof value === "number") return value;
    throw new SyntaxError(`Cannot read ${path} as ${architecture}.${key} must be a number: got ${value ?? "none"}`);
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
    bos_token_id: metadata.get("tokenizer.ggml.bos_token_id") ?? null,
    eos_token_id: metadata.get("tokenizer.ggml.eos_token_id") ?? null,
  };
  return { ...config, ...GEMMA_KEYS[architecture]?.(number, config) };
}

type ReadNumber = (key: string, otherwise?: number) => number;
type Sizes = Readonly<Record<"num_hidden_layers" | "hidden_size" | "num_attention_heads" | "head_dim", number>>;

/** Blocks of the one model of each family, of 27B, whose scores are scaled by D / H where the others' are by the head size. */
const WIDE_BLOCKS = { gemma2: 46, gemma3: 62 } as const;

function gemmaKeys(number: ReadNumber, sizes: Sizes, wide: number): Record<string, unknown> {
  const { num_hidden_layers, hidden_size, num_attention_heads, head_dim } = sizes;
  return {
    hidden_activation: "gelu_pytorch_tanh",
    query_pre_attn_scalar: num_hidden_layers === wide ? hidden_size / num_attention_heads : head_dim,
    sliding_window: number("attention.sliding_window"),
  };
}

/** What Gemma's files state, and what llama.cpp takes for granted of them. */
const GEMMA_KEYS: Readonly<
  Record<string, ((number: ReadNumber, sizes: Sizes) => Record<string, unknown>) | undefined>
> = {
  gemma2: (number, sizes) => ({
    ...gemmaKeys(number, sizes, WIDE_BLOCKS.gemma2),
    attn_logit_softcapping: number("attn_logit_softcapping", 50),
    final_logit_softcapping: number("final_logit_softcapping", 30),
  }),
  gemma3: (number, sizes) => ({
    ...gemmaKeys(number, sizes, WIDE_BLOCKS.gemma3),
    rope_theta: number("rope.freq_base", 1e6),
    rope_local_base_freq: number("rope.freq_base_swa", 10000),
    sliding_window_pattern: number("attention.sliding_window_pattern", 6),
  }),
};

/** A `rope_scaling` where the file asks for one, so that a reader who cannot do it says so. */
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
    // llama.cpp multiplies what it infers of the factor by it.
    attention_factor: key("attn_factor") === undefined
      ? undefined
      : (key("attn_factor") as number) * (0.1 * Math.log(factor as number) + 1),
  };
  return { rope_scaling: Object.fromEntries(Object.entries(scaling).filter(([, value]) => value !== undefined)) };
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
export function rotaryHeads(name: string, config: Record<string, unknown>, form: GgufForm): number | undefined {
  if (!form.rotaryOrder) return undefined;
  if (/\.attn_q\./.test(name)) return config.num_attention_heads as number;
  return /\.attn_k\./.test(name) ? config.num_key_value_heads as number : undefined;
}
