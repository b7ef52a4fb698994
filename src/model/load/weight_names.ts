/**
 * A linear layer of a block: queries, keys and values as one, attention's output, the MLP's two inputs as one, its
 * output.
 */
export type BlockMatrix = "qkv" | "o" | "gate_up" | "down";

/** A norm of a block: before attention, of heads, of attention's output, before the MLP, of the MLP's output. */
export type BlockNorm = "input_norm" | "head_norm" | "attention_out_norm" | "post_norm" | "mlp_out_norm";

/** Returns the name of a block's weight. */
export function blockWeight(layer: number, weight: BlockMatrix | BlockNorm): string {
  return `layers.${layer}.${weight}`;
}

/** Returns the name of the bias of a block's linear layer. */
export function blockBias(layer: number, matrix: BlockMatrix): string {
  return `${blockWeight(layer, matrix)}.bias`;
}

/** Name of the norm after the last block. */
export const FINAL_NORM = "norm";

/** Name of the matrix that gives the logits. */
export const HEAD = "head";
