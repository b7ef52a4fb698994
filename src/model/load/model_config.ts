import { type ArchitectureName, type ArchitectureRules, ARCHITECTURES, isArchitecture } from "./architectures.ts";
import { type Fail, longestSequence, readRopeTable, type RopeTable } from "./rope_scaling.ts";

/** Differences between the layers of a model. */
export interface LayerKind {
  /** Latest positions that a query attends to, its own included; null for all before it. */
  readonly window: number | null;
  /** Number of its table among the model's tables of rotary angles. */
  readonly rope: number;
}

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

type Keys = Readonly<Record<string, unknown>>;

/** Readers of keys that must be of one kind. */
interface Reader {
  readonly config: Keys;
  readonly fail: Fail;
  integer(key: string, fallback?: number): number;
  positive(key: string): number;
}

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
export function parseConfig(stated: Keys, path: string): ModelConfig {
  const fail: Fail = (key, expected, got) => {
    throw new SyntaxError(`Cannot read ${path} as ${key} must be ${expected}: got ${JSON.stringify(got) ?? "nothing"}`);
  };
  const architecture = stated.model_type;
  if (!isArchitecture(architecture)) {
    const known = Object.entries(ARCHITECTURES).map(([name, { models }]) => `"${name}" (${models})`);
    return fail("model_type", `one of ${known.join(", ")}`, architecture ?? stated.architectures);
  }
  const rules = ARCHITECTURES[architecture];
  const reader = readerOf({ ...rules.defaults, ...stated }, fail);
  const { config, integer, positive } = reader;
  refuseUnsupported(config, fail);
  const hiddenSize = integer("hidden_size");
  const heads = integer("num_attention_heads");
  const kvHeads = integer("num_key_value_heads", heads);
  if (heads % kvHeads !== 0) fail("num_key_value_heads", `a divisor of num_attention_heads (${heads})`, kvHeads);
  const headSize = integer("head_dim", hiddenSize / heads);
  if (headSize % 2 !== 0) fail("head_dim", "even", headSize);
  const layers = integer("num_hidden_layers");
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

function readerOf(config: Keys, fail: Fail): Reader {
  return {
    config,
    fail,
    integer(key, fallback) {
      const value = config[key] ?? fallback;
      if (!Number.isSafeInteger(value) || (value as number) < 1) fail(key, "a positive integer", config[key]);
      return value as number;
    },
    positive(key) {
      const value = config[key];
      if (typeof value !== "number" || !(value > 0) || !Number.isFinite(value)) fail(key, "a positive number", value);
      return value as number;
    },
  };
}

/** Refuses keys that would change the model's function without any sign of it. */
function refuseUnsupported(config: Keys, fail: Fail): void {
  if (config.mlp_bias === true) fail("mlp_bias", "false", true);
  if (config.use_bidirectional_attention === true) fail("use_bidirectional_attention", "false", true);
  const rotated = config.partial_rotary_factor ?? 1;
  if (rotated !== 1) fail("partial_rotary_factor", "1", rotated);
}

function readActivation(config: Keys, fail: Fail): ModelConfig["activation"] {
  // Gemma's files have both keys, and transformers reads the longer.
  const key = config.hidden_activation == null ? "hidden_act" : "hidden_activation";
  const known = [...ACTIVATIONS.keys()].map((name) => `"${name}"`).join(" or ");
  return ACTIVATIONS.get(config[key]) ?? fail(key, known, config[key]);
}

/** Reads the window and the rotary angles of each layer. */
function readLayers({ config, fail, integer }: Reader, rules: ArchitectureRules, layers: number, headSize: number) {
  const window = config.sliding_window == null || config.use_sliding_window === false
    ? null
    : integer("sliding_window");
  const windowed = readLayerTypes(config, layers, fail) ??
    Array.from({ length: layers }, (_, layer) => rules.windowed(layer, config));
  const maxPositions = integer("max_position_embeddings");
  const [full, sliding] = readRopeTables(config, maxPositions, fail);
  for (const { scaling } of [full, sliding]) {
    if (scaling.kind === "divisors" && scaling.divisors.length !== headSize / 2) {
      fail("rope_freqs", `${headSize / 2} numbers`, scaling.divisors.length);
    }
  }
  const alike = JSON.stringify(full) === JSON.stringify(sliding);
  return {
    rope: alike ? [full] : [full, sliding],
    layerKinds: windowed.map((slides): LayerKind => ({
      window: slides ? window : null,
      rope: slides && !alike ? 1 : 0,
    })),
    longest: longestSequence(full, maxPositions),
  };
}

/** Reads which layers attend to a window; null if the configuration does not say. */
function readLayerTypes(config: Keys, layers: number, fail: Fail): boolean[] | null {
  const types = config.layer_types;
  if (types == null) return null;
  const known = ["full_attention", "sliding_attention"];
  if (!Array.isArray(types) || types.length !== layers || types.some((type) => !known.includes(type))) {
    return fail("layer_types", `${layers} of ${known.join(" and ")}`, types);
  }
  return types.map((type) => type === "sliding_attention");
}

/** Reads the tables of full and of windowed layers: `rope_scaling` wins, as in transformers. */
function readRopeTables(config: Keys, maxPositions: number, fail: Fail): [full: RopeTable, sliding: RopeTable] {
  const key = config.rope_scaling == null ? "rope_parameters" : "rope_scaling";
  const stated = (config[key] ?? {}) as Keys;
  const read = (parameters: unknown, theta: unknown, at: string) =>
    readRopeTable((parameters ?? {}) as Keys, theta, maxPositions, at, fail);
  const local = config.rope_local_base_freq ?? config.rope_theta;
  if ("full_attention" in stated || "sliding_attention" in stated) {
    return [
      read(stated.full_attention, config.rope_theta, `${key}.full_attention`),
      read(stated.sliding_attention, local, `${key}.sliding_attention`),
    ];
  }
  const full = read(stated, config.rope_theta, key);
  return [full, config.rope_local_base_freq == null ? full : read({}, local, key)];
}
