import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import type { ModelConfig } from "./config.ts";

/** Name of the embedding matrix in a checkpoint. */
export const EMBEDDING = "model.embed_tokens.weight";

/** Several tensors of a checkpoint as one weight: rows of a matrix, or columns of a vector in f32. */
export interface StackedWeight {
  readonly name: string;
  readonly kind: "matrix" | "vector";
  readonly rows: number;
  readonly columns: number;
  readonly parts: readonly { readonly tensor: string; readonly shape: readonly number[] }[];
  /** Whether it is a linear layer of the blocks: these are what `Quantize` is about. */
  readonly linear: boolean;
}

/** Every weight that a model's graphs use: q, k and v stacked as `layers.N.qkv`, gate and up as `layers.N.gate_up`. */
export function stackedWeights(checkpoint: Pick<Checkpoint, "tensors">, config: ModelConfig): StackedWeight[] {
  const { hiddenSize: D, intermediateSize: F, heads, kvHeads, headSize, vocabularySize: V } = config;
  const vector = (name: string, tensors: readonly (readonly [string, number])[]): StackedWeight => ({
    name,
    kind: "vector",
    rows: 1,
    columns: tensors.reduce((sum, [, size]) => sum + size, 0),
    parts: tensors.map(([tensor, size]) => ({ tensor, shape: [size] })),
    linear: false,
  });
  const matrix = (name: string, tensors: readonly (readonly [string, number])[], columns: number): StackedWeight => ({
    name,
    kind: "matrix",
    rows: tensors.reduce((sum, [, rows]) => sum + rows, 0),
    columns,
    parts: tensors.map(([tensor, rows]) => ({ tensor: `${tensor}.weight`, shape: [rows, columns] })),
    linear: name !== "head",
  });
  const block = (i: number): StackedWeight[] => {
    const from = `model.layers.${i}`;
    const to = `layers.${i}`;
    const qkv = [
      [`${from}.self_attn.q_proj`, heads * headSize],
      [`${from}.self_attn.k_proj`, kvHeads * headSize],
      [`${from}.self_attn.v_proj`, kvHeads * headSize],
    ] as const;
    const biased = hasAttentionBias(checkpoint);
    return [
      vector(`${to}.input_norm`, [[`${from}.input_layernorm.weight`, D]]),
      matrix(`${to}.qkv`, qkv, D),
      ...(biased ? [vector(`${to}.qkv.bias`, qkv.map(([name, n]) => [`${name}.bias`, n]))] : []),
      matrix(`${to}.o`, [[`${from}.self_attn.o_proj`, D]], heads * headSize),
      vector(`${to}.post_norm`, [[`${from}.post_attention_layernorm.weight`, D]]),
      matrix(`${to}.gate_up`, [[`${from}.mlp.gate_proj`, F], [`${from}.mlp.up_proj`, F]], D),
      matrix(`${to}.down`, [[`${from}.mlp.down_proj`, D]], F),
    ];
  };
  return [
    ...Array.from({ length: config.layers }, (_, i) => block(i)).flat(),
    vector("norm", [["model.norm.weight", D]]),
    matrix("head", [[config.tiedHead ? EMBEDDING.replace(/\.weight$/, "") : "lm_head", V]], D),
  ];
}

/** Whether the query, key and value projections have biases: Qwen2's do, Llama's do not. */
export function hasAttentionBias(checkpoint: Pick<Checkpoint, "tensors">): boolean {
  return checkpoint.tensors.has("model.layers.0.self_attn.q_proj.bias");
}
