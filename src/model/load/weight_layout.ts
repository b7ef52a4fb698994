import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { ARCHITECTURES } from "./architectures.ts";
import type { ModelConfig } from "./model_config.ts";
import { blockBias, type BlockNorm, blockWeight, FINAL_NORM, HEAD } from "./weight_names.ts";

/** Name of the embedding matrix in a checkpoint. */
export const EMBEDDING = "model.embed_tokens.weight";

/** Name of the head in a checkpoint that stores one. */
export const STORED_HEAD = "lm_head.weight";

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

/** Description of a checkpoint. */
type Described = Pick<Checkpoint, "tensors" | "config">;

/** Tensors of a checkpoint, and the rows or elements of each. */
type Tensors = readonly (readonly [name: string, size: number])[];

/** Lists every weight that a model's graphs use. */
export function stackedWeights(checkpoint: Described, config: ModelConfig): StackedWeight[] {
  const { hiddenSize: D, vocabularySize: V } = config;
  const { normOffset } = ARCHITECTURES[config.architecture];
  const head = config.tiedHead ? embeddingTensor(checkpoint, config) : STORED_HEAD;
  const biases = { attention: hasAttentionBias(checkpoint), output: hasOutputBias(checkpoint) };
  return [
    ...Array.from({ length: config.layers }, (_, layer) => blockWeights(biases, config, layer)).flat(),
    vector(FINAL_NORM, [["model.norm.weight", D]], normOffset),
    { ...matrix(HEAD, [[head, V]], D), linear: false },
  ];
}

/** Lists the weights of a block: q, k and v stacked, gate and up, the norms of queries' and keys' heads. */
function blockWeights(
  biases: { readonly attention: boolean; readonly output: boolean },
  { architecture, hiddenSize: D, intermediateSize: F, heads, kvHeads, headSize }: ModelConfig,
  layer: number,
): StackedWeight[] {
  const { norms, normOffset, headNorms } = ARCHITECTURES[architecture];
  const from = `model.layers.${layer}`;
  const attention = (part: string) => `${from}.self_attn.${part}`;
  const qkv = [["q_proj", heads * headSize], ["k_proj", kvHeads * headSize], ["v_proj", kvHeads * headSize]] as const;
  const qkvOf = (kind: "weight" | "bias") => qkv.map(([name, rows]) => [attention(`${name}.${kind}`), rows] as const);
  const norm = (name: BlockNorm, stored: string | null) =>
    stored === null ? [] : [vector(blockWeight(layer, name), [[`${from}.${stored}.weight`, D]], normOffset)];
  const headNorm = [[attention("q_norm.weight"), headSize], [attention("k_norm.weight"), headSize]] as const;
  const gateUp = [[`${from}.mlp.gate_proj.weight`, F], [`${from}.mlp.up_proj.weight`, F]] as const;
  return [
    ...norm("input_norm", norms.attentionIn),
    matrix(blockWeight(layer, "qkv"), qkvOf("weight"), D),
    ...(biases.attention ? [vector(blockBias(layer, "qkv"), qkvOf("bias"))] : []),
    ...(headNorms ? [vector(blockWeight(layer, "head_norm"), headNorm, normOffset)] : []),
    matrix(blockWeight(layer, "o"), [[attention("o_proj.weight"), D]], heads * headSize),
    ...(biases.output ? [vector(blockBias(layer, "o"), [[attention("o_proj.bias"), D]])] : []),
    ...norm("attention_out_norm", norms.attentionOut),
    ...norm("post_norm", norms.mlpIn),
    matrix(blockWeight(layer, "gate_up"), gateUp, D),
    matrix(blockWeight(layer, "down"), [[`${from}.mlp.down_proj.weight`, D]], F),
    ...norm("mlp_out_norm", norms.mlpOut),
  ];
}

function vector(name: string, tensors: Tensors, offset?: number): StackedWeight {
  return {
    name,
    kind: "vector",
    rows: 1,
    columns: tensors.reduce((sum, [, size]) => sum + size, 0),
    parts: tensors.map(([tensor, size]) => ({ tensor, shape: [size] })),
    linear: false,
    offset,
  };
}

function matrix(name: string, tensors: Tensors, columns: number): StackedWeight {
  return {
    name,
    kind: "matrix",
    rows: tensors.reduce((sum, [, rows]) => sum + rows, 0),
    columns,
    parts: tensors.map(([tensor, rows]) => ({ tensor, shape: [rows, columns] })),
    linear: true,
  };
}

/** Returns the name of the embedding matrix. A checkpoint may store it as its tied head only. */
export function embeddingTensor({ tensors }: Described, { tiedHead }: Pick<ModelConfig, "tiedHead">): string {
  return tiedHead && !tensors.has(EMBEDDING) ? STORED_HEAD : EMBEDDING;
}

/**
 * True if the query, key and value projections of all layers have biases: Qwen2's do, the others' only if their
 * configuration asks. `checkTensors` names biases beyond that.
 */
export function hasAttentionBias({ config }: Described): boolean {
  const { attentionBias } = ARCHITECTURES[config.model_type as ModelConfig["architecture"]];
  return attentionBias === "always" || (attentionBias === "stated" && config.attention_bias === true);
}

/** True if the projection after attention has a bias: in any architecture but Qwen2 it goes with those before. */
export function hasOutputBias(checkpoint: Described): boolean {
  const { attentionBias } = ARCHITECTURES[checkpoint.config.model_type as ModelConfig["architecture"]];
  if (attentionBias === "always" || !hasAttentionBias(checkpoint)) return false;
  return checkpoint.tensors.keys().some((name) => name.endsWith(".self_attn.o_proj.bias"));
}
