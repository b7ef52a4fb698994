import type { Trace } from "../../graph/graph.ts";
import type { Value } from "../../ops/op.ts";
import type { ModelConfig } from "../load/model_config.ts";

/** Rows that come before the sequences of a graph and that all of them share. */
export interface SharedInputs {
  /** P */
  readonly rows: number;
  /** Adds the input of a layer's keys and values after RoPE, [P, 2K Dh]; none if P is 0. */
  ofLayer(layer: number): Value[];
}

/** Sequences that share no rows. */
export const NOTHING_SHARED: SharedInputs = { rows: 0, ofLayer: () => [] };

/** Makes the inputs of P shared rows. */
export function sharedInputs(g: Trace, { kvHeads, headSize }: ModelConfig, P: number): SharedInputs {
  if (P === 0) return NOTHING_SHARED;
  const shape = [P, 2 * kvHeads * headSize];
  return { rows: P, ofLayer: (layer) => [g.input(sharedInputName(layer), { shape, dtype: "f32" })] };
}

/** Name of the input of a layer's shared rows. */
export function sharedInputName(layer: number): string {
  return `shared.${layer}`;
}
