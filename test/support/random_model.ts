import { join } from "node:path";
import { type LanguageModel, loadModel } from "../../src/model/model.ts";
import { randomValues } from "./random.ts";

/** Sizes of a random Qwen2; no two of them alike, none a power of two. */
interface RandomShape {
  readonly layers: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly vocabularySize: number;
}

/** Small enough that the f64 reference takes milliseconds a point. */
export const SMALL: RandomShape = {
  layers: 3,
  hiddenSize: 22,
  intermediateSize: 27,
  heads: 3,
  kvHeads: 1,
  headSize: 6,
  vocabularySize: 41,
};

/**
 * A Qwen2 with uniform random weights in f32 on the f64 reference, by way of a checkpoint in a temporary directory.
 *
 * @param gain deviation of a linear layer's output for inputs of deviation one; from about 2 on paths become rugged
 */
export async function randomModel(seed: number, gain: number, shape: RandomShape = SMALL): Promise<LanguageModel> {
  const directory = Deno.makeTempDirSync({ prefix: "whence_random_model_" });
  try {
    Deno.writeTextFileSync(join(directory, "config.json"), JSON.stringify(configOf(shape)));
    Deno.writeFileSync(join(directory, "model.safetensors"), safetensors(tensorsOf(shape, seed, gain)));
    return await loadModel(directory, { device: "reference" });
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

function configOf(shape: RandomShape) {
  return {
    model_type: "qwen2",
    hidden_act: "silu",
    hidden_size: shape.hiddenSize,
    intermediate_size: shape.intermediateSize,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    num_key_value_heads: shape.kvHeads,
    head_dim: shape.headSize,
    vocab_size: shape.vocabularySize,
    rms_norm_eps: 1e-5,
    rope_theta: 1e4,
    tie_word_embeddings: true,
    max_position_embeddings: 64,
  };
}

function tensorsOf({ layers, hiddenSize: D, intermediateSize: F, ...shape }: RandomShape, seed: number, gain: number) {
  const tensors = new Map<string, Tensor>();
  const add = (name: string, size: readonly number[], value: (x: number) => number) => {
    const count = size.reduce((product, n) => product * n, 1);
    tensors.set(name, { shape: size, values: randomValues(count, 1000 * seed + tensors.size).map(value) });
  };
  // A uniform number in [−1, 1) has deviation 1/√3.
  const linear = (name: string, rows: number, columns: number, bias: boolean) => {
    add(`${name}.weight`, [rows, columns], (x) => gain * x * Math.sqrt(3 / columns));
    if (bias) add(`${name}.bias`, [rows], (x) => x / 2);
  };
  const norm = (name: string) => add(`${name}.weight`, [D], (x) => 1 + x / 2);
  add("model.embed_tokens.weight", [shape.vocabularySize, D], (x) => x * Math.sqrt(3));
  for (let i = 0; i < layers; i++) {
    const block = `model.layers.${i}`;
    norm(`${block}.input_layernorm`);
    linear(`${block}.self_attn.q_proj`, shape.heads * shape.headSize, D, true);
    linear(`${block}.self_attn.k_proj`, shape.kvHeads * shape.headSize, D, true);
    linear(`${block}.self_attn.v_proj`, shape.kvHeads * shape.headSize, D, true);
    linear(`${block}.self_attn.o_proj`, D, shape.heads * shape.headSize, false);
    norm(`${block}.post_attention_layernorm`);
    linear(`${block}.mlp.gate_proj`, F, D, false);
    linear(`${block}.mlp.up_proj`, F, D, false);
    linear(`${block}.mlp.down_proj`, D, F, false);
  }
  norm("model.norm");
  return tensors;
}

function safetensors(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  let end = 0;
  const header = Object.fromEntries([...tensors].map(([name, { shape, values }]) => {
    const start = end;
    end += values.byteLength;
    return [name, { dtype: "F32", shape, data_offsets: [start, end] }];
  }));
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.byteLength + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.byteLength), true);
  file.set(text, 8);
  let at = 8 + text.byteLength;
  for (const { values } of tensors.values()) {
    file.set(new Uint8Array(values.buffer), at);
    at += values.byteLength;
  }
  return file;
}
