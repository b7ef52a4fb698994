import { type Graph, trace } from "../../graph/graph.ts";
import type { Value } from "../../ops/op.ts";
import { blockBias, blockWeight } from "../load/weight_names.ts";
import { attentionOf, decoderBlocks, type DecoderSpec, f32 } from "./decoder.ts";
import { rotationInput } from "./rotation.ts";

/** One sequence of S rows. */
interface FlowShape {
  /** S */
  readonly rows: number;
}

/**
 * All that the blocks' attentions read. Inputs `x` [1, S, D], `rotation` of S rows. Outputs `stream` [1, S, D] of each
 * block but the first, which reads x, and of all `qkv` [S, (H + 2K) Dh] after RoPE.
 */
export function flowGraph(
  model: DecoderSpec,
  { rows }: FlowShape,
): Graph<{ stream: readonly Value[]; qkv: readonly Value[] }> {
  const { config } = model;
  const g = trace();
  const rotation = rotationInput(g, config, rows);
  const stream = [g.input("x", f32(1, rows, config.hiddenSize))];
  const qkv: Value[] = [];
  const attend = (rotated: Value, layer: number) => {
    qkv.push(rotated);
    const attributes = { ...attentionOf(config, layer, rows), sequences: 1, shared: 0, queries: null };
    return g.emit("attention", attributes, [rotated])[0];
  };
  for (let from = 0; from < config.layers; from++) {
    stream.push(decoderBlocks(g, model, stream[from], rotation, attend, { from, to: from + 1 }));
  }
  return g.finish({ stream: stream.slice(1, -1), qkv });
}

/** A block's projection of S rows and of their H parts. */
interface ProjectionShape extends FlowShape {
  readonly layer: number;
}

/**
 * The projection after a block's attention. Inputs `parts` [S H, H Dh], each zero but for one head, and `whole` [S, H
 * Dh]; outputs of these names, [.., D], the whole with the bias if there is one.
 */
export function projectionGraph(
  { config, outputBias = false }: DecoderSpec,
  { rows, layer }: ProjectionShape,
): Graph<{ parts: Value; whole: Value }> {
  const { heads, headSize, hiddenSize } = config;
  const inner = heads * headSize;
  const g = trace();
  const product = (input: Value, bias: string | null) => {
    const attributes = { weight: blockWeight(layer, "o"), bias, outputs: hiddenSize, inner, single: false };
    return g.emit("linear", attributes, [input])[0];
  };
  const parts = product(g.input("parts", f32(rows * heads, inner)), null);
  const whole = product(g.input("whole", f32(rows, inner)), outputBias ? blockBias(layer, "o") : null);
  return g.finish({ parts, whole });
}
