import { shownText, shownValue } from "../../files/shown_value.ts";
import type { GgufHeader } from "./gguf_header.ts";

/** Differences between the files of one GGUF architecture and Hugging Face's. */
export interface GgufArchitecture {
  /** `general.architecture`, with which keys of the metadata start. */
  readonly architecture: string;
  /** `model_type` */
  readonly modelType: string;
  /** Class in transformers. */
  readonly className: string;
  /** Hugging Face's names of the parts of a block, by the name in `blk.N.…`. */
  readonly parts: ReadonlyMap<string, string>;
  /** True if rows of queries and keys are in rotary order. */
  readonly rotaryOrder: boolean;
  /** Number that is added to norms' weights in the file. */
  readonly normOffset: 0 | 1;
  /** Keys of `config.json` that other architectures lack or derive otherwise. */
  readonly ownKeys?: (number: ReadNumber, sizes: ModelSizes) => Record<string, unknown>;
}

/** Reads a number of the architecture's metadata. Fails if it is missing and there is no other. */
export type ReadNumber = (key: string, otherwise?: number) => number;

/** Keys of `config.json` that are known before an architecture's own. */
type ModelSizes = Readonly<
  Record<"num_hidden_layers" | "hidden_size" | "num_attention_heads" | "head_dim", number>
>;

type Parts = readonly (readonly [string, string])[];

const PARTS: Parts = [
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

const HEAD_NORMS: Parts = [["attn_q_norm", "self_attn.q_norm"], ["attn_k_norm", "self_attn.k_norm"]];

const SANDWICH: Parts = [
  ["post_attention_norm", "post_attention_layernorm"],
  ["ffn_norm", "pre_feedforward_layernorm"],
  ["post_ffw_norm", "post_feedforward_layernorm"],
];

const PLAIN = { parts: new Map(PARTS), rotaryOrder: false, normOffset: 0 } as const;
const GEMMA = { rotaryOrder: false, normOffset: 1 } as const;

/**
 * Derives the keys that all of Gemma's files state.
 *
 * @param wide blocks of the one model of the family, of 27B, whose scores are scaled by D / H; the others' by the head
 * size
 */
function gemmaKeys(number: ReadNumber, sizes: ModelSizes, wide: number): Record<string, unknown> {
  const { num_hidden_layers, hidden_size, num_attention_heads, head_dim } = sizes;
  return {
    hidden_activation: "gelu_pytorch_tanh",
    query_pre_attn_scalar: num_hidden_layers === wide ? hidden_size / num_attention_heads : head_dim,
    sliding_window: number("attention.sliding_window"),
  };
}

/** All architectures of GGUF files that can be read. Numbers by default are those that llama.cpp takes for granted. */
const ARCHITECTURES: readonly GgufArchitecture[] = [
  { ...PLAIN, architecture: "llama", modelType: "llama", className: "LlamaForCausalLM", rotaryOrder: true },
  { ...PLAIN, architecture: "qwen2", modelType: "qwen2", className: "Qwen2ForCausalLM" },
  {
    ...PLAIN,
    architecture: "qwen3",
    modelType: "qwen3",
    className: "Qwen3ForCausalLM",
    parts: new Map([...PARTS, ...HEAD_NORMS]),
  },
  {
    ...GEMMA,
    architecture: "gemma2",
    modelType: "gemma2",
    className: "Gemma2ForCausalLM",
    parts: new Map([...PARTS, ...SANDWICH]),
    ownKeys: (number, sizes) => ({
      ...gemmaKeys(number, sizes, 46),
      attn_logit_softcapping: number("attn_logit_softcapping", 50),
      final_logit_softcapping: number("final_logit_softcapping", 30),
    }),
  },
  {
    ...GEMMA,
    architecture: "gemma3",
    modelType: "gemma3_text",
    className: "Gemma3ForCausalLM",
    parts: new Map([...PARTS, ...SANDWICH, ...HEAD_NORMS]),
    ownKeys: (number, sizes) => ({
      ...gemmaKeys(number, sizes, 62),
      rope_theta: number("rope.freq_base", 1e6),
      rope_local_base_freq: number("rope.freq_base_swa", 10000),
      sliding_window_pattern: number("attention.sliding_window_pattern", 6),
    }),
  },
];

/**
 * Returns the architecture of a file.
 *
 * @param path names the file in messages
 * @throws {SyntaxError} if it is not supported
 */
export function ggufArchitecture(metadata: GgufHeader["metadata"], path: string): GgufArchitecture {
  const architecture = metadata.get("general.architecture");
  const found = ARCHITECTURES.find((known) => known.architecture === architecture);
  if (found === undefined) {
    const known = ARCHITECTURES.map(({ architecture }) => architecture).join(", ");
    throw new SyntaxError(
      `Cannot read ${path} as general.architecture must be one of ${known}: got ${
        typeof architecture === "string" ? shownText(architecture) : shownValue(architecture)
      }`,
    );
  }
  // llama.cpp has no architecture for Mistral, which is Llama but for its window.
  const slides = architecture === "llama" && metadata.has("llama.attention.sliding_window");
  return slides ? { ...found, modelType: "mistral", className: "MistralForCausalLM" } : found;
}
