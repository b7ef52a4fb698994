/** The sizes and constants of a Qwen2 or Llama decoder. */
export interface ModelConfig {
  /** `model_type` */
  readonly architecture: "qwen2" | "llama";
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
  /** Base of the rotary embedding. */
  readonly ropeTheta: number;
  /** Whether the head is the embedding matrix. */
  readonly tiedHead: boolean;
  /** Longest sequence. */
  readonly maxPositions: number;
}

/**
 * Reads the keys of a Hugging Face `config.json`.
 *
 * @param path of the file, for messages
 * @throws {SyntaxError} naming the key, what was expected and what was found
 */
export function parseConfig(config: Readonly<Record<string, unknown>>, path: string): ModelConfig {
  const fail = (key: string, expected: string, got: unknown): never => {
    throw new SyntaxError(`Cannot read ${path} as ${key} must be ${expected}: got ${JSON.stringify(got) ?? "nothing"}`);
  };
  const integer = (key: string, fallback?: number): number => {
    const value = config[key] ?? fallback;
    if (!Number.isSafeInteger(value) || (value as number) < 1) fail(key, "a positive integer", config[key]);
    return value as number;
  };
  const positive = (key: string, value: unknown): number => {
    if (typeof value !== "number" || !(value > 0) || !Number.isFinite(value)) fail(key, "a positive number", value);
    return value as number;
  };
  const architecture = config.model_type;
  if (architecture !== "qwen2" && architecture !== "llama") {
    return fail("model_type", '"qwen2" or "llama"', architecture ?? config.architectures);
  }
  const act = config.hidden_act ?? "silu";
  if (act !== "silu") fail("hidden_act", '"silu"', act);
  if (config.mlp_bias === true) fail("mlp_bias", "false", true);
  const rope = ropeParameters(config, fail);
  const hiddenSize = integer("hidden_size");
  const heads = integer("num_attention_heads");
  const kvHeads = integer("num_key_value_heads", heads);
  if (heads % kvHeads !== 0) fail("num_key_value_heads", `a divisor of num_attention_heads (${heads})`, kvHeads);
  const headSize = integer("head_dim", hiddenSize / heads);
  if (headSize % 2 !== 0) fail("head_dim", "even", headSize);
  const maxPositions = integer("max_position_embeddings", 32768);
  return {
    architecture,
    layers: integer("num_hidden_layers"),
    hiddenSize,
    intermediateSize: integer("intermediate_size"),
    heads,
    kvHeads,
    headSize,
    vocabularySize: integer("vocab_size"),
    rmsNormEpsilon: positive("rms_norm_eps", config.rms_norm_eps ?? 1e-6),
    ropeTheta: positive("rope_theta", config.rope_theta ?? rope.rope_theta ?? 10000),
    tiedHead: config.tie_word_embeddings === true,
    // A sliding window changes the attention only beyond its length.
    maxPositions: config.use_sliding_window === true ? Math.min(maxPositions, integer("sliding_window")) : maxPositions,
  };
}

type Fail = (key: string, expected: string, got: unknown) => never;

function ropeParameters(config: Readonly<Record<string, unknown>>, fail: Fail): Record<string, unknown> {
  for (const key of ["rope_scaling", "rope_parameters"] as const) {
    const value = (config[key] ?? {}) as Record<string, unknown>;
    const kind = value.rope_type ?? value.type ?? "default";
    if (kind !== "default") fail(`${key}.rope_type`, '"default"', kind);
  }
  return (config.rope_parameters ?? {}) as Record<string, unknown>;
}
