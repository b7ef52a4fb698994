import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { ARCHITECTURES } from "./architectures.ts";
import type { ModelConfig } from "./model_config.ts";

/** Name of the embedding matrix in a checkpoint. */
export const EMBEDDING = "model.embed_tokens.weight";

/** Several tensors of a checkpoint as one weight: rows of a matrix, or columns of a vector in f32. */
export interface StackedWeight {
  readonly name: string;
  readonly kind: "matrix" | "vector";
  readonly rows: number;
  readonly columns: number;
  readonly parts: readonly { readonly tensor: string; readonly shape: readonly number[] }[];
  /** True for the linear layers of the blocks, which `Quantize` is about. */
  readonly linear: boolean;
  /** Number that is added to the elements of a vector. Default 0. */
  readonly offset?: number;
}

/**
 * Lists every weight that a model's graphs use: q, k and v stacked as `layers.N.qkv`, gate and up as
 * `layers.N.gate_up`, the norms of queries' and keys' heads as `layers.N.head_norm`.
 */
export function stackedWeights(checkpoint: Pick<Checkpoint, "tensors">, config: ModelConfig): StackedWeight[] {
  const { hiddenSize: D, intermediateSize: F, heads, kvHeads, headSize, vocabularySize: V } = config;
  const { norms, normOffset, headNorms } = ARCHITECTURES[config.architecture];
  const vector = (name: string, tensors: readonly (readonly [string, number])[]): StackedWeight => ({
    name,
    kind: "vector",
    rows: 1,
    columns: tensors.reduce((sum, [, size]) => sum + size, 0),
    parts: tensors.map(([tensor, size]) => ({ tensor, shape: [size] })),
    linear: false,
  });
  const norm = (name: string, tensors: readonly string[], size: number): StackedWeight => ({
    ...vector(name, tensors.map((tensor) => [`${tensor}.weight`, size])),
    offset: normOffset,
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
    const output = `${from}.self_attn.o_proj`;
    const blockNorm = (name: string, stored: string | null) =>
      stored === null ? [] : [norm(`${to}.${name}`, [`${from}.${stored}`], D)];
    return [
      ...blockNorm("input_norm", norms.attentionIn),
      matrix(`${to}.qkv`, qkv, D),
      ...(hasAttentionBias(checkpoint) ? [vector(`${to}.qkv.bias`, qkv.map(([name, n]) => [`${name}.bias`, n]))] : []),
      ...(headNorms
        ? [norm(`${to}.head_norm`, [`${from}.self_attn.q_norm`, `${from}.self_attn.k_norm`], headSize)]
        : []),
      matrix(`${to}.o`, [[output, D]], heads * headSize),
      ...(hasOutputBias(checkpoint) ? [vector(`${to}.o.bias`, [[`${output}.bias`, D]])] : []),
      ...blockNorm("attention_out_norm", norms.attentionOut),
      ...blockNorm("post_norm", norms.mlpIn),
      matrix(`${to}.gate_up`, [[`${from}.mlp.gate_proj`, F], [`${from}.mlp.up_proj`, F]], D),
      matrix(`${to}.down`, [[`${from}.mlp.down_proj`, D]], F),
      ...blockNorm("mlp_out_norm", norms.mlpOut),
    ];
  };
  return [
    ...Array.from({ length: config.layers }, (_, i) => block(i)).flat(),
    norm("norm", ["model.norm"], D),
    matrix("head", [[config.tiedHead ? EMBEDDING.replace(/\.weight$/, "") : "lm_head", V]], D),
  ];
}

/**
 * True if the query, key and value projections have biases: Qwen2's do, the others' only if their configuration asks.
 */
export function hasAttentionBias(checkpoint: Pick<Checkpoint, "tensors">): boolean {
  return checkpoint.tensors.has("model.layers.0.self_attn.q_proj.bias");
}

/** True if the projection after attention has a bias: in any architecture but Qwen2 it goes with those before. */
export function hasOutputBias(checkpoint: Pick<Checkpoint, "tensors">): boolean {
  return checkpoint.tensors.has("model.layers.0.self_attn.o_proj.bias");
}
