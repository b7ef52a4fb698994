import type { Value } from "../../ops/op.ts";
import { type Graph, type Trace, trace } from "../../graph/graph.ts";
import type { AttentionAttributes } from "../../ops/attention/attention_layout.ts";
import { ARCHITECTURES } from "../load/architectures.ts";
import type { ModelConfig } from "../load/model_config.ts";
import { ropeFrequencies } from "../load/rope_scaling.ts";

/** A model as its graphs see it. */
export interface DecoderSpec {
  readonly config: ModelConfig;
  /** Whether the query, key and value projections have biases. */
  readonly attentionBias: boolean;
  /** Whether the projection of what was attended to has one. Default false. */
  readonly outputBias?: boolean;
}

/**
 * Rows that many sequences start with, once. Inputs `x` [1, P, D], `rotation` of P rows. Outputs `shared.N`, the
 * rows [keys | values] of layer N after RoPE, [1, P, 2K Dh].
 */
export function sharedGraph(model: DecoderSpec, sequences: number, rows: number): Graph {
  const { config } = model;
  const g = trace();
  const x = g.input("x", f32(sequences, rows, config.hiddenSize));
  const attend = (qkv: Value, layer: number) => {
    g.output(`shared.${layer}`, g.emit("lastColumns", { count: 2 * config.kvHeads * config.headSize }, [qkv])[0]);
    const attributes = { ...attentionOf(config, layer, rows), sequences, shared: 0, queries: null };
    return g.emit("attention", attributes, [qkv])[0];
  };
  decoder(g, model, x, rotationInput(g, config, rows), attend, { sequences });
  return g.finish();
}

/** Inputs `shared.N` of P rows, by layer; none where P is 0. */
export function sharedInputs(g: Trace, { config }: DecoderSpec, P: number): (layer: number) => Value[] {
  const type = f32(P, 2 * config.kvHeads * config.headSize);
  return (layer) => P === 0 ? [] : [g.input(`shared.${layer}`, type)];
}

/**
 * Inputs `x` [R, D], `rotation` of R rows, `position` [1]; states `cache.N`. Output: what the last row predicts, as `token` [1],
 * the likeliest id, or as `logits` [1, V], before any soft-cap.
 */
export function decodeGraph(model: DecoderSpec, rows: number, capacity: number, output: "token" | "logits"): Graph {
  const g = trace();
  const x = g.input("x", f32(rows, model.config.hiddenSize));
  const position = g.input("position", ONE_INDEX);
  const logits = decodedLogits(g, model, { x, rotation: rotationInput(g, model.config, rows), position, capacity });
  g.output(output, output === "logits" ? logits : g.emit("argmax", {}, [logits])[0]);
  return g.finish();
}

/**
 * A step of a model whose head is its embedding matrix: inputs `token` [1], `position` [1], both of which it sets to those of the next step,
 * and `rotation` of all positions; states `cache.N`. Output `token` [1], the likeliest id.
 */
export function stepGraph(model: DecoderSpec, capacity: number): Graph {
  const { hiddenSize: columns, embeddingScale: scale } = model.config;
  const g = trace();
  const [token, position] = ["token", "position"].map((name) => g.input(name, ONE_INDEX));
  const [x] = g.emit("weightRows", { weight: "head", columns, scale }, [token]);
  const [rotation] = g.emit("gatherRows", {}, [rotationInput(g, model.config, capacity), position]);
  const logits = decodedLogits(g, model, { x, rotation, position, capacity });
  g.output("token", g.emit("nextToken", {}, [logits, token, position])[0]);
  return g.finish();
}

const ONE_INDEX = { shape: [1], dtype: "u32" } as const;

/** The logits [1, V] of what follows the last of rows x [R, D], from position `position` on; the cache holds `capacity` rows. */
function decodedLogits(
  g: Trace,
  model: DecoderSpec,
  { x, rotation, position, capacity }: {
    readonly x: Value;
    readonly rotation: Value;
    readonly position: Value;
    readonly capacity: number;
  },
): Value {
  const { config } = model;
  const { kvHeads, headSize, hiddenSize: D, vocabularySize } = config;
  const [rows] = x.shape;
  const attend = (qkv: Value, layer: number) => {
    const cache = g.input(`cache.${layer}`, f32(capacity, 2 * kvHeads * headSize), "state");
    return g.emit("cachedAttention", attentionOf(config, layer, capacity), [qkv, cache, position])[0];
  };
  // A step of one token is bound by reading the weights; a prompt is not.
  const h = decoder(g, model, x, rotation, attend, { single: rows === 1 });
  const [normed] = g.emit("rmsNorm", { weight: "norm", epsilon: config.rmsNormEpsilon }, [lastRow(g, h)]);
  const head = { weight: "head", bias: null, outputs: vocabularySize, inner: D, single: true };
  // A soft-cap keeps the order of the logits.
  return g.emit("linear", head, [normed])[0];
}

/** h [R, D] → [1, D]. */
function lastRow(g: Trace, h: Value): Value {
  const [rows] = h.shape;
  if (rows === 1) return h;
  // The window op works on sequences, so the rows are one sequence here.
  const [all] = g.emit("repeat", { times: 1 }, [h]);
  return g.emit("takeRows", { sequence: rows, start: rows - 1, count: 1 }, [all])[0];
}

/**
 * What a layer's attention computes, whatever the batch.
 *
 * @param positions of the longest sequence: a window that holds them all is none
 */
export function attentionOf(config: ModelConfig, layer: number, positions: number): AttentionAttributes {
  const { heads, kvHeads, headSize, attentionScale, attentionSoftCap, layerKinds } = config;
  const { window } = layerKinds[layer];
  return {
    heads,
    kvHeads,
    headSize,
    ...(attentionScale === 1 / Math.sqrt(headSize) ? {} : { scale: attentionScale }),
    ...(attentionSoftCap === null ? {} : { softCap: attentionSoftCap }),
    ...(window === null || positions <= window ? {} : { window }),
  };
}

/** Columns of a row of rotations: those of every table, Dh each. */
export function rotationColumns({ rope, headSize }: ModelConfig): number {
  return rope.length * headSize;
}

/** Input `rotation` [rows, rotationColumns]. */
export function rotationInput(g: Trace, config: ModelConfig, rows: number): Value {
  return g.input("rotation", f32(rows, rotationColumns(config)));
}

/**
 * Cosines and sines of positions first … first + count − 1, of one table after another: [count, rotationColumns].
 *
 * @param length of the sequence, on which the angles of some models depend. Default: up to the last of the positions
 */
export function rotationTable(config: ModelConfig, first: number, count: number, length: number = first + count) {
  const { headSize, rope } = config;
  const half = headSize / 2;
  const columns = rotationColumns(config);
  const table = new Float32Array(count * columns);
  rope.forEach((one, k) => {
    const { frequencies, factor } = ropeFrequencies(one, headSize, length);
    for (let s = 0; s < count; s++) {
      const row = s * columns + k * headSize;
      for (let d = 0; d < half; d++) {
        const angle = (first + s) * frequencies[d];
        table[row + d] = factor * Math.cos(angle);
        table[row + half + d] = factor * Math.sin(angle);
      }
    }
  });
  return table;
}

/** `rotationTable` of positions 0 … count − 1, each as that of the last position so far: [count, rotationColumns]. */
export function rotationRows(config: ModelConfig, count: number): Float32Array<ArrayBuffer> {
  const columns = rotationColumns(config);
  const rows = new Float32Array(count * columns);
  for (let position = 0; position < count; position++) rows.set(rotationTable(config, position, 1), position * columns);
  return rows;
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
  /** The first of the blocks, of which x is the input. Default 0. */
  readonly from?: number;
  /** The block before which to stop. Default: none, all are passed. */
  readonly to?: number;
}

/**
 * The decoder's blocks, or some of them: [.., D] → [.., D].
 *
 * @param rotation [≥ S, rotationColumns], of each sequence's own rows
 * @param attend what a layer attends to, from its queries, keys and values after RoPE, those of shared rows first; in the
 * last layer it must have queries of the rows that `keep` takes
 */
export function decoder(
  g: Trace,
  { config, attentionBias, outputBias = false }: DecoderSpec,
  x: Value,
  rotation: Value,
  attend: (qkv: Value, layer: number) => Value,
  { sequences = 1, shared = 0, given = () => [], keep = (h) => h, single, from = 0, to = config.layers }:
    DecoderOptions = {},
): Value {
  const { hiddenSize: D, intermediateSize: F, heads, kvHeads, headSize, rmsNormEpsilon: epsilon } = config;
  const { norms, headNorms } = ARCHITECTURES[config.architecture];
  const width = (heads + 2 * kvHeads) * headSize;
  const rope = { heads: heads + kvHeads, headSize, inverse: false, sequences, shared };
  const gated = config.activation === "silu" ? "swiglu" : "geglu";
  let h = x;
  for (let i = from; i < to; i++) {
    const name = `layers.${i}`;
    const product = (weight: string, input: Value, inner: number, outputs: number, biased = false) => {
      const bias = biased ? `${name}.${weight}.bias` : null;
      const attributes = { weight: `${name}.${weight}`, bias, outputs, inner, single };
      return g.emit("linear", attributes, [input])[0];
    };
    const norm = (weight: string, input: Value, exists: unknown = true) =>
      exists ? g.emit("rmsNorm", { weight: `${name}.${weight}`, epsilon }, [input])[0] : input;
    let qkv = product("qkv", norm("input_norm", h), D, width, attentionBias);
    if (headNorms) {
      [qkv] = g.emit("headNorm", { weight: `${name}.head_norm`, epsilon, heads, kvHeads, headSize }, [qkv]);
    }
    const [rotated] = g.emit("rope", { ...rope, table: config.layerKinds[i].rope }, [qkv, rotation, ...given(i)]);
    const attended = product("o", attend(rotated, i), heads * headSize, D, outputBias);
    const kept = i === config.layers - 1 ? keep(h) : h;
    [h] = g.emit("add", {}, [kept, norm("attention_out_norm", attended, norms.attentionOut)]);
    const [hidden] = g.emit(gated, {}, [product("gate_up", norm("post_norm", h), D, 2 * F)]);
    [h] = g.emit("add", {}, [h, norm("mlp_out_norm", product("down", hidden, F, D), norms.mlpOut)]);
  }
  return h;
}

/** The type of f32 values of a shape. */
export function f32(...shape: number[]): { shape: readonly number[]; dtype: "f32" } {
  return { shape, dtype: "f32" };
}
