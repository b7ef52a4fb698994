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
