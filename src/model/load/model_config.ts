import { shownValue } from "../../files/shown_value.ts";
import { type ArchitectureName, ARCHITECTURES, isArchitecture } from "./architectures.ts";
import { type ConfigKeys, configReader, type Fail } from "./config_reader.ts";
import { type LayerKind, readLayers } from "./layer_kinds.ts";
import type { RopeTable } from "./rope_scaling.ts";

/** The sizes and constants of a decoder. */
export interface ModelConfig {
  /** `model_type` */
  readonly architecture: ArchitectureName;
  /** Number of blocks. */
  readonly layers: number;
  /** D */
  readonly hiddenSize: number;
  /** F */
  readonly intermediateSize: number;
  /** H */
  readonly heads: number;
  /** K, a divisor of H */
  readonly kvHeads: number;
  /** Dh, even */
  readonly headSize: number;
  /** V */
  readonly vocabularySize: number;
  /** ε of every RMSNorm. */
  readonly rmsNormEpsilon: number;
  /** Gate of the MLP; GELU by its tanh approximation. */
  readonly activation: "silu" | "gelu";
  /** Tables of rotary angles. */
  readonly rope: readonly RopeTable[];
  /** By layer. */
  readonly layerKinds: readonly LayerKind[];
  /** Factor of products of queries and keys. */
  readonly attentionScale: number;
  /** c of scores c · tanh(score / c); null for scores as they are. */
  readonly attentionSoftCap: number | null;
  /** c of logits c · tanh(logit / c); null for logits as they are. */
  readonly logitSoftCap: number | null;
  /** Factor of embedding rows. */
  readonly embeddingScale: number;
  /** True if the head is the embedding matrix. */
  readonly tiedHead: boolean;
  /** Longest sequence. */
  readonly maxPositions: number;
}

/** Keys that must be true or false: the text "false" is true in other places. */
const SWITCHES = [
  "tie_word_embeddings",
  "attention_bias",
  "mlp_bias",
  "use_sliding_window",
  "use_bidirectional_attention",
];

/** Largest size of a head that is read, 16 times those of published models. */
const MOST_HEAD_SIZE = 8192;

/** Layers that a model may have: ten times those of the deepest that were published. */
const MOST_LAYERS = 2048;

/** Gates by the names that transformers gives them. */
const ACTIVATIONS: ReadonlyMap<unknown, ModelConfig["activation"]> = new Map([
  ["silu", "silu"],
  ["gelu_pytorch_tanh", "gelu"],
]);

/**
 * Reads the keys of a Hugging Face `config.json`.
 *
 * @param path of the file, for messages
 * @throws {SyntaxError} if a key is missing or not supported
 */
export function parseConfig(stated: ConfigKeys, path: string): ModelConfig {
  const fail: Fail = (key, expected, got) => {
    // JSON has no NaN, which a GGUF file may hold.
    const shown = typeof got === "number" ? String(got) : got === undefined ? "nothing" : shownValue(got);
    throw new SyntaxError(`Cannot read ${path} as ${key} must be ${expected}: got ${shown}`);
  };
  const architecture = stated.model_type;
  if (!isArchitecture(architecture)) {
    const known = Object.entries(ARCHITECTURES).map(([name, { models }]) => `"${name}" (${models})`);
    return fail("model_type", `one of ${known.join(", ")}`, architecture ?? stated.architectures);
  }
  const rules = ARCHITECTURES[architecture];
  const reader = configReader({ ...rules.defaults, ...stated }, fail);
  const { config, integer, positive } = reader;
  refuseUnsupported(config, fail);
  const hiddenSize = integer("hidden_size");
  const heads = integer("num_attention_heads");
  const kvHeads = integer("num_key_value_heads", heads);
  if (heads % kvHeads !== 0) fail("num_key_value_heads", `a divisor of num_attention_heads (${heads})`, kvHeads);
  const headSize = integer("head_dim", hiddenSize / heads);
  if (headSize % 2 !== 0) fail("head_dim", "even", headSize);
  if (headSize > MOST_HEAD_SIZE) fail("head_dim", `at most ${MOST_HEAD_SIZE}`, headSize);
  const layers = integer("num_hidden_layers");
  if (layers > MOST_LAYERS) fail("num_hidden_layers", `at most ${MOST_LAYERS}`, layers);
  const { rope, layerKinds, longest } = readLayers(reader, rules, layers, headSize);
  const isCapped = (key: string) => key in rules.defaults && config[key] !== null;
  const prescale = "query_pre_attn_scalar" in rules.defaults ? positive("query_pre_attn_scalar") : headSize;
  return {
    architecture,
    layers,
    hiddenSize,
    intermediateSize: integer("intermediate_size"),
    heads,
    kvHeads,
    headSize,
    vocabularySize: integer("vocab_size"),
    rmsNormEpsilon: positive("rms_norm_eps"),
    activation: readActivation(config, fail),
    rope,
    layerKinds,
    attentionScale: 1 / Math.sqrt(prescale),
    attentionSoftCap: isCapped("attn_logit_softcapping") ? positive("attn_logit_softcapping") : null,
    logitSoftCap: isCapped("final_logit_softcapping") ? positive("final_logit_softcapping") : null,
    embeddingScale: rules.scaledEmbedding ? Math.sqrt(hiddenSize) : 1,
    tiedHead: config.tie_word_embeddings === true,
    maxPositions: longest,
  };
}

/** Refuses keys that would change the model's function without any sign of it. */
function refuseUnsupported(config: ConfigKeys, fail: Fail): void {
  if (config.mlp_bias === true) fail("mlp_bias", "false", true);
  if (config.use_bidirectional_attention === true) fail("use_bidirectional_attention", "false", true);
  for (const key of SWITCHES) {
    if (![true, false, null, undefined].includes(config[key] as boolean)) fail(key, "true or false", config[key]);
  }
  const rotated = config.partial_rotary_factor ?? 1;
  if (rotated !== 1) fail("partial_rotary_factor", "1", rotated);
}

function readActivation(config: ConfigKeys, fail: Fail): ModelConfig["activation"] {
  // Gemma's files have both keys, and transformers reads the longer.
  const key = config.hidden_activation == null ? "hidden_act" : "hidden_activation";
  const known = [...ACTIVATIONS.keys()].map((name) => `"${name}"`).join(" or ");
  return ACTIVATIONS.get(config[key]) ?? fail(key, known, config[key]);
}
