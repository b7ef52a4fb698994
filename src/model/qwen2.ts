import type { Value } from "../ops/op.ts";
import { type Graph, type Trace, trace } from "../graph/graph.ts";
import type { ModelConfig } from "./config.ts";

/** A model as its graphs see it. */
export interface Architecture {
  readonly config: ModelConfig;
  readonly attentionBias: boolean;
}

/**
 * Rows that many sequences start with, once. Inputs `x` [1, P, D], `rotation` [P, Dh]. Outputs `shared.N`, the
 * rows [keys | values] of layer N after RoPE, [1, P, 2K Dh].
 */
export function sharedGraph(model: Architecture, sequences: number, rows: number): Graph {
  const { heads, kvHeads, headSize, hiddenSize } = model.config;
  const g = trace();
  const x = g.input("x", f32(sequences, rows, hiddenSize));
  const attend = (qkv: Value, layer: number) => {
    g.output(`shared.${layer}`, g.emit("lastColumns", { count: 2 * kvHeads * headSize }, [qkv])[0]);
    return g.emit("attention", { heads, kvHeads, headSize, sequences, shared: 0, queries: null }, [qkv])[0];
  };
  decoder(g, model, x, g.input("rotation", f32(rows, headSize)), attend, { sequences });
  return g.finish();
}

/** Inputs `shared.N` of P rows, by layer; none where P is 0. */
export function sharedInputs(g: Trace, { config }: Architecture, P: number): (layer: number) => Value[] {
  const type = f32(P, 2 * config.kvHeads * config.headSize);
  return (layer) => P === 0 ? [] : [g.input(`shared.${layer}`, type)];
}

/**
 * Inputs `x` [R, D], `rotation` [R, Dh], `position` [1]; states `cache.N`. Output `token` [1]: the id that the last row
 * predicts, greedily.
 */
export function decodeGraph(model: Architecture, rows: number, capacity: number): Graph {
  const { config } = model;
  const { heads, kvHeads, headSize, hiddenSize: D, vocabularySize } = config;
  const g = trace();
  const position = g.input("position", { shape: [1], dtype: "u32" });
  const x = g.input("x", f32(rows, D));
  const attend = (qkv: Value, layer: number) => {
    const cache = g.input(`cache.${layer}`, f32(capacity, 2 * kvHeads * headSize), "state");
    return g.emit("cachedAttention", { heads, kvHeads, headSize }, [qkv, cache, position])[0];
  };
  // A step of one token is bound by reading the weights; a prompt is not.
  const single = rows === 1;
  const h = decoder(g, model, x, g.input("rotation", f32(rows, headSize)), attend, { single });
  // The window op works on sequences, so the rows are one sequence here.
  const [all] = g.emit("repeat", { times: 1 }, [h]);
  const [last] = g.emit("takeRows", { sequence: rows, start: rows - 1, count: 1 }, [all]);
  const [normed] = g.emit("rmsNorm", { weight: "norm", epsilon: config.rmsNormEpsilon }, [last]);
  const head = { weight: "head", bias: null, outputs: vocabularySize, inner: D, single: true };
  const [logits] = g.emit("linear", head, [normed]);
  g.output("token", g.emit("argmax", {}, [logits])[0]);
  return g.finish();
}

/** Cosines and sines of positions first … first + count − 1: [count, Dh]. */
export function rotationTable({ headSize, ropeTheta }: ModelConfig, first: number, count: number) {
  const half = headSize / 2;
  const table = new Float32Array(count * headSize);
  for (let s = 0; s < count; s++) {
    for (let d = 0; d < half; d++) {
      const angle = (first + s) * ropeTheta ** (-2 * d / headSize);
      table[s * headSize + d] = Math.cos(angle);
      table[s * headSize + half + d] = Math.sin(angle);
    }
  }
  return table;
}

/** What sets the rows of a decoder apart from one sequence of which all are wanted. */
export interface DecoderOptions {
  /** B: rows are B sequences of one length. Default 1. */
  readonly sequences?: number;
  /** P: rows before them that all share. Default 0. */
  readonly shared?: number;
  /** Keys and values [P, 2K Dh] of these, by layer. */
  readonly given?: (layer: number) => Value[];
  /** The rows that are wanted of the last layer's input: beyond keys and values it is computed there alone. */
  readonly keep?: (h: Value) => Value;
  /** Whether x is one row. */
  readonly single?: boolean;
}

/**
 * The decoder's blocks: [.., D] → [.., D].
 *
 * @param rotation [≥ S, Dh], of each sequence's own rows
 * @param attend what a layer attends to, from its queries, keys and values after RoPE, those of shared rows first; in the
 * last layer it must have queries of the rows that `keep` takes
 */
export function decoder(
  g: Trace,
  { config, attentionBias }: Architecture,
  x: Value,
  rotation: Value,
  attend: (qkv: Value, layer: number) => Value,
  { sequences = 1, shared = 0, given = () => [], keep = (h) => h, single }: DecoderOptions = {},
): Value {
  const { hiddenSize: D, intermediateSize: F, heads, kvHeads, headSize, rmsNormEpsilon: epsilon } = config;
  const width = (heads + 2 * kvHeads) * headSize;
  const rope = { heads: heads + kvHeads, headSize, inverse: false, sequences, shared };
  let h = x;
  for (let i = 0; i < config.layers; i++) {
    const name = `layers.${i}`;
    const product = (weight: string, input: Value, inner: number, outputs: number, bias: string | null = null) => {
      const attributes = { weight: `${name}.${weight}`, bias: bias && `${name}.${bias}`, outputs, inner, single };
      return g.emit("linear", attributes, [input])[0];
    };
    const [normed] = g.emit("rmsNorm", { weight: `${name}.input_norm`, epsilon }, [h]);
    const qkv = product("qkv", normed, D, width, attentionBias ? "qkv.bias" : null);
    const [rotated] = g.emit("rope", rope, [qkv, rotation, ...given(i)]);
    const attended = product("o", attend(rotated, i), heads * headSize, D);
    [h] = g.emit("add", {}, [i === config.layers - 1 ? keep(h) : h, attended]);
    const [normedAgain] = g.emit("rmsNorm", { weight: `${name}.post_norm`, epsilon }, [h]);
    const [hidden] = g.emit("swiglu", {}, [product("gate_up", normedAgain, D, 2 * F)]);
    [h] = g.emit("add", {}, [h, product("down", hidden, F, D)]);
  }
  return h;
}

/** The type of f32 values of a shape. */
export function f32(...shape: number[]): { shape: readonly number[]; dtype: "f32" } {
  return { shape, dtype: "f32" };
}
