import assert from "node:assert/strict";
import { parseConfig } from "../../../src/model/load/model_config.ts";
import { ropeFrequencies } from "../../../src/model/load/rope_scaling.ts";
import { assertClose } from "../../support/closeness.ts";

/** Configurations and what transformers' own functions make of them in f64; see test/golden/README.md. */
interface Golden {
  readonly cases: readonly {
    readonly name: string;
    readonly config: Record<string, unknown>;
    readonly length: number | null;
    readonly tables: readonly { readonly frequencies: number[]; readonly factor: number }[];
  }[];
}

const golden: Golden = JSON.parse(Deno.readTextFileSync(new URL("../../golden/rope.json", import.meta.url)));

for (const { name, config, length, tables } of golden.cases) {
  Deno.test(`ropeFrequencies() equals transformers': ${name}`, () => {
    const { rope, headSize } = parseConfig(config, "config.json");
    assert.equal(rope.length, tables.length);
    tables.forEach(({ frequencies, factor }, k) => {
      const found = ropeFrequencies(rope[k], headSize, length ?? 1);
      // Each frequency by itself: the lowest are a millionth of the highest.
      frequencies.forEach((value, d) =>
        assertClose([found.frequencies[d]], [value], { absolute: 0, relative: 1e-12 }, `frequency ${d}`)
      );
      assertClose([found.factor], [factor], { absolute: 0, relative: 1e-12 }, "factor");
    });
  });
}

const SIZES = {
  model_type: "llama",
  hidden_size: 64,
  num_attention_heads: 4,
  num_hidden_layers: 2,
  intermediate_size: 32,
  vocab_size: 64,
};

const wrong: Record<string, { keys: Record<string, unknown>; expected: RegExp }> = {
  "an unknown kind of scaling": {
    keys: { rope_scaling: { type: "su", factor: 2 } },
    expected: /rope_scaling\.rope_type must be one of default, linear, dynamic, yarn, llama3: got "su"/,
  },
  "a scaling without its factor": {
    keys: { rope_parameters: { rope_type: "linear" } },
    expected: /rope_parameters\.factor must be a positive number: got nothing/,
  },
  "a rotation of part of a head": {
    keys: { partial_rotary_factor: 0.5 },
    expected: /partial_rotary_factor must be 1: got 0\.5/,
  },
  "layer types of another number of layers": {
    keys: { layer_types: ["full_attention"] },
    expected: /layer_types must be 2 of full_attention and sliding_attention: got \["full_attention"\]/,
  },
  "a negative base": { keys: { rope_theta: -1 }, expected: /rope_theta must be a positive number: got -1/ },
  "a base of 0": { keys: { rope_theta: 0 }, expected: /rope_theta must be a positive number: got 0/ },
  "a base that is a text": { keys: { rope_theta: "10000" }, expected: /rope_theta must be a .*: got "10000"/ },
  "a base that is no number": { keys: { rope_theta: NaN }, expected: /rope_theta must be a positive number: got NaN/ },
  "a base of a scaling below 0": {
    keys: { rope_parameters: { rope_theta: -5 } },
    expected: /rope_theta must be a positive number: got -5/,
  },
  "a factor of 0": {
    keys: { rope_scaling: { type: "linear", factor: 0 } },
    expected: /rope_scaling\.factor must be a positive number: got 0/,
  },
  "a base whose logarithm is 0": {
    keys: { rope_theta: 1, rope_scaling: { type: "yarn", factor: 2 } },
    expected: /the frequencies of RoPE by its parameters must be finite: got NaN/,
  },
  "a ramp that runs backwards": {
    keys: { rope_scaling: { rope_type: "llama3", factor: 8, low_freq_factor: 4, high_freq_factor: 4 } },
    expected: /rope_scaling\.high_freq_factor must be above low_freq_factor \(4\): got 4/,
  },
  "divisors of another number of frequencies": {
    keys: { rope_scaling: { type: "divisors", divisors: [1, 1] } },
    expected: /rope_freqs must be 8 numbers: got 2/,
  },
  "a divisor of 0": {
    keys: { rope_scaling: { type: "divisors", divisors: [0, 1, 1, 1, 1, 1, 1, 1] } },
    expected: /rope_scaling\.divisors must be positive numbers: got \[0,/,
  },
  "a scaling that is a list": { keys: { rope_scaling: [] }, expected: /rope_scaling must be an object: got \[\]/ },
  "a scaling that is a text": { keys: { rope_scaling: "x" }, expected: /rope_scaling must be an object: got "x"/ },
  "a table that is a text": {
    keys: { rope_parameters: { full_attention: "x" } },
    expected: /rope_parameters\.full_attention must be an object: got "x"/,
  },
  "a rotation of part of a head in its RoPE": {
    keys: { rope_parameters: { rope_theta: 10000, partial_rotary_factor: 0.5 } },
    expected: /rope_parameters\.partial_rotary_factor must be 1: got 0\.5/,
  },
  "an ε beyond f32": {
    keys: { rms_norm_eps: 1e39 },
    expected: /rms_norm_eps must be in the range of f32, .*: got 1e\+39/,
  },
  "an ε below f32": {
    keys: { rms_norm_eps: 1e-60 },
    expected: /rms_norm_eps must be in the range of f32, .*: got 1e-60/,
  },
  "100 million layers": { keys: { num_hidden_layers: 1e8 }, expected: /num_hidden_layers must be at most 2048: got 1/ },
  "a head of a billion": { keys: { head_dim: 1e9 }, expected: /head_dim must be at most 8192: got 1000000000/ },
  "a switch that is a text": {
    keys: { tie_word_embeddings: "false" },
    expected: /tie_word_embeddings must be true or false: got "false"/,
  },
  "a million layer types": {
    keys: { layer_types: new Array(1e6).fill("full_attention") },
    expected: /^.{0,300}$/,
  },
  "another gate": {
    keys: { hidden_act: "relu" },
    expected: /hidden_act must be "silu" or "gelu_pytorch_tanh": got "relu"/,
  },
  "a model that is not known": {
    keys: { model_type: "mamba" },
    expected: /model_type must be one of "qwen2" \(Qwen2, Qwen2\.5\), "qwen3" \(Qwen3\), .*: got "mamba"/,
  },
};

for (const [fault, { keys, expected }] of Object.entries(wrong)) {
  Deno.test(`parseConfig() refuses ${fault}`, () => {
    assert.throws(() => parseConfig({ ...SIZES, ...keys }, "config.json"), { name: "SyntaxError", message: expected });
  });
}

Deno.test("parseConfig() lets a scaled table serve sequences as long as it was stretched for", () => {
  const longest = (keys: Record<string, unknown>) =>
    parseConfig({ ...SIZES, max_position_embeddings: 100, ...keys }, "config.json").maxPositions;
  assert.equal(longest({}), 100);
  assert.equal(longest({ rope_scaling: { type: "linear", factor: 2.5 } }), 250);
  assert.equal(longest({ rope_scaling: { type: "dynamic", factor: 4 } }), 400);
  const yarn = { type: "yarn", factor: 4, original_max_position_embeddings: 100 };
  assert.equal(longest({ rope_scaling: yarn }), 400);
  assert.equal(longest({ rope_scaling: { ...yarn, original_max_position_embeddings: 25 } }), 100);
});
