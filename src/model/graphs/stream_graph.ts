import { type Graph, trace } from "../../graph/graph.ts";
import type { Value } from "../../ops/op.ts";
import { attentionOf, decoderBlocks, type DecoderSpec, f32 } from "./decoder.ts";
import { rotationInput } from "./rotation.ts";
import { sharedInputs } from "./shared_inputs.ts";

/** Sequences of S rows behind P rows that they share, on the way to a block. */
export interface StreamShape {
  /** B */
  readonly sequences: number;
  /** P */
  readonly shared: number;
  /** S */
  readonly rows: number;
  /** The block whose input is wanted. */
  readonly layer: number;
}

/**
 * The residual stream that a block reads. Inputs `x` [B, S, D], embeddings; `rotation` of S rows from position P on;
 * and, if P > 0, those of `sharedInputs` before the block. Output `stream` [B, S, D].
 */
export function streamGraph(model: DecoderSpec, shape: StreamShape): Graph<{ stream: Value }> {
  const { sequences, shared: P, rows, layer } = shape;
  const { config } = model;
  const g = trace();
  const x = g.input("x", f32(sequences, rows, config.hiddenSize));
  const rotation = rotationInput(g, config, rows);
  const attend = (qkv: Value, block: number) => {
    const attributes = { ...attentionOf(config, block, P + rows), sequences, shared: P, queries: null };
    return g.emit("attention", attributes, [qkv])[0];
  };
  const shared = sharedInputs(g, config, P);
  return g.finish({ stream: decoderBlocks(g, model, x, rotation, attend, { sequences, shared, to: layer }) });
}
