/** A `model_type` that is supported: those of the rows of `ARCHITECTURES`. */
export type ArchitectureName = "qwen2" | "qwen3" | "llama" | "mistral" | "gemma2" | "gemma3_text";

/** Names of the norms of a block in a checkpoint; null for a norm that the block does not have. */
interface BlockNorms {
  /** Before attention. */
  readonly attentionIn: string;
  /** Of attention's output, before it is added to the residual stream. */
  readonly attentionOut: string | null;
  /** Before the MLP. */
  readonly mlpIn: string;
  /** Of the MLP's output, likewise. */
  readonly mlpOut: string | null;
}

/** Differences between one architecture and the others; all else is alike. */
export interface ArchitectureRules {
  /** Models of this architecture, for messages. */
  readonly models: string;
  readonly norms: BlockNorms;
  /** Number that norms add to their stored weights. */
  readonly normOffset: 0 | 1;
  /** True if each head of queries and keys is normalized before it is rotated. */
  readonly headNorms: boolean;
  /** Biases of queries, keys and values; `stated` if `attention_bias` tells, of attention's output as well. */
  readonly attentionBias: "always" | "never" | "stated";
  /** True if embedding rows are multiplied by √D. */
  readonly scaledEmbedding: boolean;
  /** True if a layer attends to a window of the latest positions; asked if the configuration has no `layer_types`. */
  windowed(layer: number, config: Readonly<Record<string, unknown>>): boolean;
  /** Keys of `config.json` that published files leave out, with the values of transformers. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

const PLAIN_NORMS: BlockNorms = {
  attentionIn: "input_layernorm",
  attentionOut: null,
  mlpIn: "post_attention_layernorm",
  mlpOut: null,
};

const SANDWICH_NORMS: BlockNorms = {
  attentionIn: "input_layernorm",
  attentionOut: "post_attention_layernorm",
  mlpIn: "pre_feedforward_layernorm",
  mlpOut: "post_feedforward_layernorm",
};

const PLAIN = {
  norms: PLAIN_NORMS,
  normOffset: 0,
  headNorms: false,
  attentionBias: "stated",
  scaledEmbedding: false,
} as const;
const GEMMA = { norms: SANDWICH_NORMS, normOffset: 1, attentionBias: "stated", scaledEmbedding: true } as const;

const LLAMA_DEFAULTS = {
  hidden_act: "silu",
  rms_norm_eps: 1e-6,
  rope_theta: 10000,
  tie_word_embeddings: false,
  max_position_embeddings: 2048,
};

const QWEN_DEFAULTS = {
  ...LLAMA_DEFAULTS,
  max_position_embeddings: 32768,
  use_sliding_window: false,
  sliding_window: 4096,
  max_window_layers: 28,
};

const GEMMA_DEFAULTS = {
  ...LLAMA_DEFAULTS,
  hidden_activation: "gelu_pytorch_tanh",
  head_dim: 256,
  tie_word_embeddings: true,
  query_pre_attn_scalar: 256,
  sliding_window: 4096,
};

type Windowed = ArchitectureRules["windowed"];

const noLayer: Windowed = () => false;
const everyLayer: Windowed = () => true;
const fromLayer: Windowed = (layer, { use_sliding_window, max_window_layers }) =>
  use_sliding_window === true && layer >= (max_window_layers as number);
const butEverySecond: Windowed = (layer) => (layer + 1) % 2 !== 0;
const butEveryNth: Windowed = (layer, { sliding_window_pattern }) =>
  (layer + 1) % (sliding_window_pattern as number) !== 0;

/** A row for each architecture. */
export const ARCHITECTURES: Readonly<Record<ArchitectureName, ArchitectureRules>> = {
  qwen2: { ...PLAIN, models: "Qwen2, Qwen2.5", attentionBias: "always", windowed: fromLayer, defaults: QWEN_DEFAULTS },
  qwen3: {
    ...PLAIN,
    models: "Qwen3",
    headNorms: true,
    windowed: fromLayer,
    defaults: { ...QWEN_DEFAULTS, head_dim: 128 },
  },
  llama: { ...PLAIN, models: "Llama 2, Llama 3, SmolLM2", windowed: noLayer, defaults: LLAMA_DEFAULTS },
  mistral: {
    ...PLAIN,
    models: "Mistral",
    attentionBias: "never",
    windowed: everyLayer,
    defaults: { ...LLAMA_DEFAULTS, max_position_embeddings: 131072, sliding_window: 4096 },
  },
  gemma2: {
    ...GEMMA,
    models: "Gemma 2",
    headNorms: false,
    windowed: butEverySecond,
    defaults: {
      ...GEMMA_DEFAULTS,
      max_position_embeddings: 8192,
      attn_logit_softcapping: 50,
      final_logit_softcapping: 30,
    },
  },
  gemma3_text: {
    ...GEMMA,
    models: "Gemma 3 270M and 1B",
    headNorms: true,
    windowed: butEveryNth,
    defaults: {
      ...GEMMA_DEFAULTS,
      max_position_embeddings: 131072,
      rope_theta: 1e6,
      rope_local_base_freq: 10000,
      sliding_window_pattern: 6,
      final_logit_softcapping: null,
    },
  },
};

/** True if a `model_type` is supported. */
export function isArchitecture(name: unknown): name is ArchitectureName {
  return typeof name === "string" && Object.hasOwn(ARCHITECTURES, name);
}
