import assert from "node:assert/strict";
import { ARCHITECTURES } from "../../../src/model/load/architectures.ts";
import { type ModelConfig, parseConfig } from "../../../src/model/load/model_config.ts";
import { ropeFrequencies } from "../../../src/model/load/rope_scaling.ts";

const SIZES = {
  hidden_size: 64,
  intermediate_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 16,
  vocab_size: 64,
  max_position_embeddings: 100,
  rms_norm_eps: 1e-5,
  rope_theta: 1e4,
  rope_local_base_freq: 1e4,
  query_pre_attn_scalar: 16,
  attn_logit_softcapping: 50,
  final_logit_softcapping: 30,
  sliding_window: 8,
  sliding_window_pattern: 6,
  use_sliding_window: true,
  max_window_layers: 1,
  layer_types: ["full_attention", "sliding_attention"],
  tie_word_embeddings: true,
  attention_bias: false,
};

/** Parameters of every kind of RoPE, each of which is changed by itself. */
const ROPES: Record<string, unknown>[] = [
  { rope_type: "linear", factor: 2 },
  { rope_type: "dynamic", factor: 2 },
  { rope_type: "yarn", factor: 2, beta_fast: 32, beta_slow: 1, mscale: 1, mscale_all_dim: 1, attention_factor: 1 },
  { rope_type: "llama3", factor: 2, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 10 },
  { rope_type: "divisors", divisors: new Array(8).fill(2) },
];

const NUMBERS = [0, -0, -1, 0.5, 1, 1e-320, 1e-50, 1e39, 1e300, 1e8, 2 ** 53, -1e300, NaN, Infinity, -Infinity];
const VALUES = [
  ...NUMBERS,
  null,
  true,
  false,
  "",
  "4",
  "x".repeat(1e5),
  [],
  [1],
  {},
  { a: {} },
  new Array(1e5).fill(1),
];

/** Checks that a configuration is read as numbers, or refused by a short sentence. */
function assertRead(stated: Record<string, unknown>, what: string): void {
  let config: ModelConfig;
  try {
    config = parseConfig(stated, "config.json");
  } catch (error) {
    assert.equal((error as Error).name, "SyntaxError", `${what}: ${error}`);
    assert.match((error as Error).message, /^Cannot read config\.json as /, what);
    assert.ok((error as Error).message.length < 600, what);
    return;
  }
  const { rope, layerKinds, ...rest } = config;
  for (const [key, value] of Object.entries(rest)) {
    if (typeof value === "number") assert.ok(Number.isFinite(value) && value > 0, `${what}: ${key} is ${value}`);
  }
  assert.equal(layerKinds.length, config.layers, what);
  for (const { window } of layerKinds) assert.ok(window === null || Number.isSafeInteger(window) && window > 0, what);
  for (const table of rope) {
    const { frequencies, factor } = ropeFrequencies(table, config.headSize, config.maxPositions);
    assert.ok([...frequencies, factor].every(Number.isFinite), what);
  }
}

for (const architecture of Object.keys(ARCHITECTURES)) {
  Deno.test(`parseConfig() reads or refuses every value of every key of ${architecture}`, () => {
    for (const key of [...Object.keys(SIZES), "rope_scaling", "rope_parameters", "hidden_act", "model_type"]) {
      for (const value of VALUES) {
        const stated = { ...SIZES, model_type: architecture, [key]: value };
        assertRead(stated, `${key} ${String(value).slice(0, 20)}`);
        assertRead({ ...stated, layer_types: null }, `${key} ${String(value).slice(0, 20)} without layer_types`);
      }
    }
  });
}

Deno.test("parseConfig() refuses layers with a window of which the configuration has none", () => {
  for (
    const [keys, message] of [
      [
        { sliding_window: null },
        /sliding_window must be a number of positions, as layer_types has sliding_attention: got/,
      ],
      [
        { use_sliding_window: false, sliding_window: 5 },
        /use_sliding_window must be true, as layer_types has sliding_attention: got false/,
      ],
    ] as const
  ) {
    const stated = { ...SIZES, model_type: "qwen2", ...keys };
    assert.throws(() => parseConfig(stated, "config.json"), { name: "SyntaxError", message });
    const { layerKinds } = parseConfig({ ...stated, layer_types: ["full_attention", "full_attention"] }, "config.json");
    assert.deepEqual(layerKinds.map(({ window }) => window), [null, null]);
  }
});

Deno.test("parseConfig() refuses a rule of windows that is no number of layers", () => {
  const { layer_types: _, ...keys } = SIZES;
  for (const [model_type, key] of [["gemma3_text", "sliding_window_pattern"], ["qwen2", "max_window_layers"]]) {
    for (const value of [-1, 0.5, null, "4", NaN]) {
      assert.throws(() => parseConfig({ ...keys, model_type, [key]: value }, "config.json"), {
        name: "SyntaxError",
        message: new RegExp(`${key} must be an integer of at least [01]: got `),
      });
    }
  }
});

Deno.test("parseConfig() reads or refuses every value of every parameter of RoPE", () => {
  for (const at of ["rope_scaling", "rope_parameters"]) {
    for (const rope of ROPES) {
      assertRead({ ...SIZES, model_type: "llama", [at]: rope }, at);
      for (const key of [...Object.keys(rope), "rope_theta", "truncate", "type"]) {
        for (const value of VALUES) {
          const stated = { ...SIZES, model_type: "llama", [at]: { ...rope, [key]: value } };
          assertRead(stated, `${rope.rope_type}'s ${key} ${String(value).slice(0, 20)}`);
        }
      }
    }
  }
});
