import type { ModelConfig } from "../load/model_config.ts";

/** Token rows that a run takes through a model. */
export interface RunRows {
  /** Rows forward, or as forward-mode tangents. */
  readonly forward: number;
  /** Rows backward. */
  readonly backward: number;
  /** Positions that a row attends to, in the mean. */
  readonly attended: number;
  /** Rows through the head, in any direction. */
  readonly head: number;
  /** Blocks that the rows go through. Default: all. */
  readonly blocks?: number;
}

/** Sizes of a decoder that decide how much a row takes. */
type Sizes = Pick<
  ModelConfig,
  | "layers"
  | "layerKinds"
  | "hiddenSize"
  | "intermediateSize"
  | "heads"
  | "kvHeads"
  | "headSize"
  | "vocabularySize"
>;

/**
 * Counts the multiplications of a run's products: linear layers, attention, whose part grows with the positions that
 * rows attend to, and the head. Time grows with it on one device and model; it is no measure across devices.
 */
export function workOf(sizes: Sizes, { forward, backward, attended, head, blocks = sizes.layers }: RunRows): number {
  const { layerKinds, hiddenSize: D, intermediateSize: F, heads, kvHeads, headSize, vocabularySize } = sizes;
  const block = D * headSize * (2 * heads + 2 * kvHeads) + 3 * D * F;
  const seen = layerKinds.reduce((sum, { window }) => sum + Math.min(attended, window ?? Infinity), 0);
  const row = blocks * (block + 2 * heads * headSize * seen / layerKinds.length);
  return (forward + backward) * row + head * D * vocabularySize;
}

/** Returns the positions that each of `rows` rows behind `before` others attends to, in the mean. */
export function meanAttended(before: number, rows: number): number {
  return before + (rows + 1) / 2;
}
