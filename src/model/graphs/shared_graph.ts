import { type Graph, trace } from "../../graph/graph.ts";
import type { Value } from "../../ops/op.ts";
import { attentionOf, decoderBlocks, type DecoderSpec, f32 } from "./decoder.ts";
import { rotationInput } from "./rotation.ts";

/** The sizes of sequences of P rows each. */
interface SharedShape {
  readonly sequences: number;
  /** P */
  readonly rows: number;
}

/**
 * Rows that many sequences start with, once. Inputs `x` [1, P, D], `rotation` of P rows. Outputs `shared`, by layer
 * the rows [keys | values] after RoPE, [1, P, 2K Dh].
 */
export function sharedGraph(model: DecoderSpec, { sequences, rows }: SharedShape): Graph<{ shared: readonly Value[] }> {
  const { config } = model;
  const g = trace();
  const x = g.input("x", f32(sequences, rows, config.hiddenSize));
  const shared: Value[] = [];
  const attend = (qkv: Value, layer: number) => {
    shared.push(g.emit("lastColumns", { count: 2 * config.kvHeads * config.headSize }, [qkv])[0]);
    const attributes = { ...attentionOf(config, layer, rows), sequences, shared: 0, queries: null };
    return g.emit("attention", attributes, [qkv])[0];
  };
  decoderBlocks(g, model, x, rotationInput(g, config, rows), attend, { sequences });
  return g.finish({ shared });
}
