import assert from "node:assert/strict";
import { f32, type Stored } from "../../checkpoint/scratch.ts";
import { biasTensors, layerTensors, llamaTensors, randomTensor, runLlama, type Tensors } from "./small_llama.ts";

const PLAIN = llamaTensors();
const HEAD = "lm_head.weight";
const EMBEDDING = "model.embed_tokens.weight";

function without(tensors: Tensors, ...names: string[]): Tensors {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => !names.includes(name)));
}

/** The tensor with one more row, of zeros. */
function longer({ dtype, shape: [rows, ...rest], bytes }: Stored): Stored {
  const longer = new Uint8Array(bytes.length / rows * (rows + 1));
  longer.set(bytes);
  return { dtype, shape: [rows + 1, ...rest], bytes: longer };
}

const wrong: Record<string, { tensors?: Tensors; config?: Record<string, unknown>; names: RegExp }> = {
  "fewer layers in its config than in its file": {
    config: { num_hidden_layers: 1 },
    names: /llama model of 1 layers, .*: got model\.layers\.1\.input_layernorm\.weight, .* and 5 more$/,
  },
  "more layers in its config than in its file": {
    config: { num_hidden_layers: 3 },
    names: /model\.layers\.2\..* is missing/,
  },
  "a layer too many": { tensors: layerTensors(2), names: /got model\.layers\.2\.input_layernorm\.weight/ },
  "biases that its config denies": {
    tensors: { ...biasTensors(0), ...biasTensors(1) },
    config: { attention_bias: false },
    names: /got model\.layers\.0\.self_attn\.q_proj\.bias, .* and 2 more$/,
  },
  "biases that its config does not name": { tensors: biasTensors(1), names: /layers\.1\.self_attn\.q_proj\.bias/ },
  "biases of its last layer only": {
    tensors: biasTensors(1),
    config: { attention_bias: true },
    names: /model\.layers\.0\.self_attn\.q_proj\.bias must be \[8\]: it is missing/,
  },
  "biases of its first layer only": {
    tensors: biasTensors(0),
    config: { attention_bias: true },
    names: /model\.layers\.1\.self_attn\.q_proj\.bias must be \[8\]: it is missing/,
  },
  "no biases though its config asks": {
    config: { attention_bias: true },
    names: /model\.layers\.0\.self_attn\.q_proj\.bias must be \[8\]: it is missing/,
  },
  "an output bias of one layer": {
    tensors: { ...biasTensors(0), ...biasTensors(1), "model.layers.1.self_attn.o_proj.bias": randomTensor([8], 5) },
    config: { attention_bias: true },
    names: /model\.layers\.0\.self_attn\.o_proj\.bias must be \[8\]: it is missing/,
  },
  "an MLP's bias": {
    tensors: { "model.layers.0.mlp.up_proj.bias": randomTensor([12], 5) },
    names: /got model\.layers\.0\.mlp\.up_proj\.bias$/,
  },
  "norms of heads": {
    tensors: { "model.layers.1.self_attn.q_norm.weight": randomTensor([4], 5) },
    names: /got model\.layers\.1\.self_attn\.q_norm\.weight$/,
  },
  "another head": { tensors: { "score.weight": randomTensor([2, 8], 5) }, names: /got score\.weight$/ },
  "a tied head of another shape": {
    tensors: { [HEAD]: longer(PLAIN[HEAD]) },
    config: { tie_word_embeddings: true },
    names: /lm_head\.weight must be \[11, 8\] by its config: got \[12, 8\]/,
  },
  "a name with and without its prefix": {
    tensors: { "norm.weight": randomTensor([8], 5) },
    names: /got norm\.weight$/,
  },
};

for (const [fault, { tensors = {}, config, names }] of Object.entries(wrong)) {
  Deno.test(`loadModel() refuses a model with ${fault}`, () =>
    assert.rejects(runLlama({ ...PLAIN, ...tensors }, config), { name: "TypeError", message: names }));
}

Deno.test("loadModel() names each tensor that is missing", async () => {
  for (const name of Object.keys(PLAIN)) {
    await assert.rejects(runLlama(without(PLAIN, name)), (error: Error) => {
      assert.ok(error.message.includes(`tensor ${name} must be [`) && /it is missing/.test(error.message));
      return true;
    });
  }
});

Deno.test("loadModel() names each tensor whose shape does not follow from the config", async () => {
  for (const [name, tensor] of Object.entries(PLAIN)) {
    const shape = longer(tensor).shape.join(", ");
    await assert.rejects(runLlama({ ...PLAIN, [name]: longer(tensor) }), (error: Error) => {
      assert.ok(error.message.includes(`tensor ${name} must be [`) && error.message.includes(`got [${shape}]`));
      return true;
    });
  }
});

Deno.test("buffers that follow from the config and biases of zeros change nothing", async () => {
  const extra = {
    ...biasTensors(0, 0),
    "model.layers.1.mlp.down_proj.bias": f32([8], new Array(8).fill(0)),
    "model.layers.0.self_attn.rotary_emb.inv_freq": f32([2], [1, 2]),
    "model.position_ids": f32([2], [0, 1]),
  };
  assert.deepEqual((await runLlama({ ...PLAIN, ...extra })).score, (await runLlama(PLAIN)).score);
});

Deno.test("biases of every layer are used", async () => {
  const biased = (value: number) => ({ ...PLAIN, ...biasTensors(0, 0), ...biasTensors(1, value) });
  const config = { attention_bias: true };
  const plain = await runLlama(PLAIN);
  assert.deepEqual((await runLlama(biased(0), config)).score, plain.score);
  assert.notDeepEqual((await runLlama(biased(0.5), config)).score, plain.score);
});

Deno.test("names without the prefix of the base model give the same model", async () => {
  const base = Object.fromEntries(
    Object.entries(PLAIN).map(([name, tensor]) => [name.replace(/^model\./, ""), tensor]),
  );
  assert.deepEqual(await runLlama(base), await runLlama(PLAIN));
});

Deno.test("a stored head that differs is used, whatever the config says of ties", async () => {
  assert.deepEqual(await runLlama(PLAIN, { tie_word_embeddings: true }), await runLlama(PLAIN));
});

Deno.test("a tied model is the same with embedding, head or both in its file", async () => {
  const tied = { tie_word_embeddings: true };
  const embedding = await runLlama(without(PLAIN, HEAD), tied);
  assert.deepEqual(await runLlama({ ...without(PLAIN, EMBEDDING), [HEAD]: PLAIN[EMBEDDING] }, tied), embedding);
  assert.deepEqual(await runLlama({ ...PLAIN, [HEAD]: PLAIN[EMBEDDING] }, tied), embedding);
  assert.notDeepEqual(embedding.score, (await runLlama(PLAIN)).score);
});
