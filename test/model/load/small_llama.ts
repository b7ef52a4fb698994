import { loadModel } from "../../../src/model/model.ts";
import { f32, type Stored, writeConfig, writeSafetensors } from "../../checkpoint/scratch.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { randomValues } from "../../support/random.ts";

/** Tensors of a model's file, by name. */
export type Tensors = Record<string, Stored>;

const SIZES = { hiddenSize: 8, intermediateSize: 12, heads: 2, kvHeads: 1, headSize: 4, vocabularySize: 11 };

/** Configuration of a Llama of two layers with a head of its own. */
const LLAMA = {
  model_type: "llama",
  hidden_size: SIZES.hiddenSize,
  intermediate_size: SIZES.intermediateSize,
  num_hidden_layers: 2,
  num_attention_heads: SIZES.heads,
  num_key_value_heads: SIZES.kvHeads,
  vocab_size: SIZES.vocabularySize,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: false,
};

/** A tensor of random values. */
export function randomTensor(shape: readonly number[], seed: number): Stored {
  return f32(shape, [...randomValues(shape.reduce((product, size) => product * size, 1), seed)]);
}

/** Tensors of a layer. */
export function layerTensors(layer: number): Tensors {
  const { hiddenSize: D, intermediateSize: F, heads, kvHeads, headSize } = SIZES;
  const shapes = {
    "input_layernorm.weight": [D],
    "self_attn.q_proj.weight": [heads * headSize, D],
    "self_attn.k_proj.weight": [kvHeads * headSize, D],
    "self_attn.v_proj.weight": [kvHeads * headSize, D],
    "self_attn.o_proj.weight": [D, heads * headSize],
    "post_attention_layernorm.weight": [D],
    "mlp.gate_proj.weight": [F, D],
    "mlp.up_proj.weight": [F, D],
    "mlp.down_proj.weight": [D, F],
  };
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => [
      `model.layers.${layer}.${name}`,
      randomTensor(shape, 100 * layer + i),
    ]),
  );
}

/** Biases of a layer's queries, keys and values. */
export function biasTensors(layer: number, value?: number): Tensors {
  const { heads, kvHeads, headSize } = SIZES;
  const sizes = { q: heads * headSize, k: kvHeads * headSize, v: kvHeads * headSize };
  return Object.fromEntries(
    Object.entries(sizes).map(([part, size], i) => [
      `model.layers.${layer}.self_attn.${part}_proj.bias`,
      value === undefined ? randomTensor([size], 1000 + 10 * layer + i) : f32([size], new Array(size).fill(value)),
    ]),
  );
}

/** All tensors of the model. */
export function llamaTensors(): Tensors {
  const { hiddenSize: D, vocabularySize: V } = SIZES;
  return {
    "model.embed_tokens.weight": randomTensor([V, D], 1001),
    "model.norm.weight": randomTensor([D], 1002),
    "lm_head.weight": randomTensor([V, D], 1003),
    ...layerTensors(0),
    ...layerTensors(1),
  };
}

/** Loads a model of these files by the f64 reference. Returns log-probs of a target and the number of parameters. */
export async function runLlama(
  tensors: Tensors,
  config: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly score: readonly number[]; readonly parameters: number }> {
  let [score, parameters]: [readonly number[], number] = [[], 0];
  await inScratch(async (directory) => {
    writeSafetensors(`${directory}/model.safetensors`, tensors);
    writeConfig(directory, { ...LLAMA, ...config });
    const model = await loadModel(directory, { device: "reference", cache: "off" });
    try {
      const [found] = await model.score([await model.embed([1, 2, 3])], [4, 5, 6]);
      [score, parameters] = [[...found], model.parameters];
    } finally {
      model.close();
    }
  });
  return { score, parameters };
}
