import appendSource from "../../../shaders/attention/cache_append.wgsl" with { type: "text" };
import attentionSource from "../../../shaders/attention/cached_attention.wgsl" with { type: "text" };
import { grid, type Kernel, specialize } from "../../gpu/kernel.ts";
import type { Dispatch } from "../../gpu/pass.ts";
import type { Tensor } from "../../onnx/lowering.ts";
import { ELEMENT_TYPES } from "../../onnx/onnx_model.ts";
import { vectorsFor } from "../block/vector.ts";
import { addScaled, dot } from "../dot.ts";
import { softCapParts } from "../head/soft_cap.ts";
import {
  type Applied,
  applies,
  elements,
  type Fused,
  type LoweringContext,
  matrix,
  type Op,
  requireShape,
} from "../op.ts";
import { type AttentionAttributes, firstVisible, scoringOf, windowParam } from "./attention_layout.ts";
import { causalBias, joinBlocks, queryBlocks } from "./lowered_attention.ts";
import { joinHeads, lowerScores, range, splitHeads } from "./lowered_scores.ts";
import { rope } from "./rope.ts";

/** Attention of new rows to those in the cache and to each other. */
export interface CachedAttentionAttributes extends AttentionAttributes {
  /**
   * The table of angles by which the queries and keys of a single row are rotated first. Default: they were rotated
   * before.
   */
  readonly rope?: number;
}

/**
 * qkv [R, (H + 2K) Dh] after RoPE, cache [capacity, 2 K Dh], position [1] → o [R, H Dh]. Writes the new keys and values
 * into the cache in place from row `position` on, then attends causally to everything up to each row's own, scored and
 * windowed by the attributes. With `rope`, which fusing sets, R is 1, qkv is the input of `rope`, and its rotation [1,
 * n Dh] is a fourth input.
 */
export const cachedAttention: Op<CachedAttentionAttributes> = {
  name: "cachedAttention",
  fuse: fuseRotation,
  types({ heads, kvHeads, headSize, rope: table }, [qkv, cache, , rotation]) {
    const fits = matrix(qkv).columns === (heads + 2 * kvHeads) * headSize &&
      matrix(cache).columns === 2 * kvHeads * headSize && matrix(qkv).rows <= matrix(cache).rows &&
      (table === undefined || matrix(qkv).rows === 1 && rotation.shape[1] >= (table + 1) * headSize);
    const expected = "[R, (H + 2 K) Dh] and [≥ R, 2 K Dh], R = 1 and [1, n Dh] with RoPE";
    requireShape(fits, "cachedAttention", expected, [qkv, cache, ...(rotation ? [rotation] : [])]);
    return [{ shape: [matrix(qkv).rows, heads * headSize], dtype: "f32" }];
  },
  reference({ attributes, inputs: [unrotated, cache, position, rotation], inputTypes, outputTypes, weight }) {
    const { heads, kvHeads, headSize: D, rope: table } = attributes;
    const rotary = { heads: heads + kvHeads, headSize: D, inverse: false, sequences: 1, shared: 0, table };
    const [qkv] = table === undefined ? [unrotated] : rope.reference({
      attributes: rotary,
      inputs: [unrotated, rotation],
      inputTypes: [inputTypes[0], inputTypes[3]],
      outputTypes: [inputTypes[0]],
      weight,
    });
    const { score } = scoringOf(attributes);
    const { rows, columns } = matrix(inputTypes[0]);
    const width = 2 * kvHeads * D;
    const o = new Float64Array(elements(outputTypes[0]));
    for (let r = 0; r < rows; r++) {
      cache.set(qkv.subarray(r * columns + heads * D, (r + 1) * columns), (position[0] + r) * width);
      for (let head = 0; head < heads; head++) {
        const q = r * columns + head * D;
        const offset = Math.floor(head / (heads / kvHeads)) * D;
        const first = firstVisible(attributes, position[0] + r);
        const scores = Float64Array.from({ length: position[0] + r + 1 - first }, (_, n) => {
          const k = (first + n) * width + offset;
          return score(dot(qkv, q, cache, k, D));
        });
        const top = scores.reduce((a, b) => Math.max(a, b));
        const sum = scores.reduce((total, one) => total + Math.exp(one - top), 0);
        scores.forEach((one, n) => {
          const p = Math.exp(one - top) / sum;
          const v = (first + n) * width + offset + kvHeads * D;
          addScaled(o, (r * heads + head) * D, p, cache, v, D);
        });
      }
    }
    return [o];
  },
  lower: lowerCachedAttention,
  vjp: null,
  jvp: null,
  kernels({ attributes, inputs: [qkv, cache, position, rotation = null], inputTypes, outputs: [o], software = false }) {
    const { heads, kvHeads, headSize } = attributes;
    const window = windowParam(attributes);
    const { rows } = matrix(inputTypes[0]);
    const capacity = matrix(inputTypes[1]).rows;
    const attention: Dispatch = {
      kernel: attentionKernel(attributes, rows === 1, software),
      bindings: [qkv, cache, position, o, rotation],
      params: [rows, window],
      workgroups: grid(rows * heads, 1),
      // As if the cache were full: its position is not known here.
      work: 2 * rows * heads * headSize * Math.min(window, capacity),
    };
    // A launch takes longer than copying one row, which attention does itself; more rows need each other's keys.
    if (rows === 1) return [attention];
    return [{
      kernel: specialize("cache_append", [appendSource], { HEADS: heads, KV_HEADS: kvHeads, HEAD: headSize }),
      bindings: [qkv, position, cache],
      params: [rows],
      workgroups: grid(rows * 2 * kvHeads * headSize, 64),
    }, attention];
  },
};

/** `cachedAttention` in ONNX operators, a block of new rows at a time. */
function lowerCachedAttention(context: LoweringContext<CachedAttentionAttributes>): Tensor[] {
  const { attributes, g, inputs: [unrotated, cache, position, rotation], inputTypes } = context;
  const { heads, kvHeads, headSize, rope: table, window } = attributes;
  const rotary = { heads: heads + kvHeads, headSize, inverse: false, sequences: 1, shared: 0, table };
  const [qkv] = table === undefined ? [unrotated] : rope.lower({
    ...context,
    attributes: rotary,
    inputs: [unrotated, rotation],
    inputTypes: [inputTypes[0], inputTypes[3]],
  });
  const { rows } = matrix(inputTypes[0]);
  const width = heads * headSize;
  const [queries, added] = g.nodes("Split", [qkv, g.ints(width, 2 * kvHeads * headSize)], 2, { axis: 1 });
  const first = g.node("Reshape", [g.node("Cast", [position], { to: ELEMENT_TYPES.i64 }), g.ints(1)]);
  const places = g.node("Add", [first, range(g, g.int(0), g.size(rows))]);
  const filled = g.node("ScatterND", [cache, g.node("Unsqueeze", [places, g.ints(1)]), added]);
  g.replace(1, filled);
  const blocks = queryBlocks({}, 0, rows).map((block) => {
    const rowsOf = (x: Tensor) =>
      block.end - block.first === rows ? x : g.node("Slice", [x, g.sizes(block.first), g.sizes(block.end), g.ints(0)]);
    // Keys up to the last query's own.
    const end = g.node("Add", [first, g.sizes(block.end)]);
    const start = window === undefined
      ? g.ints(0)
      : g.node("Max", [g.node("Sub", [first, g.sizes(window - block.first - 1)]), g.ints(0)]);
    const seen = g.node("Slice", [filled, start, end, g.ints(0)]);
    const [k, v] = g.nodes("Split", [g.node("Unsqueeze", [seen, g.ints(0)])], 2, { axis: 2, num_outputs: 2 });
    const keys = () => range(g, g.node("Squeeze", [start]), g.node("Squeeze", [end]));
    // A single row sees all that was taken.
    const bias = rows === 1
      ? null
      : causalBias(g, attributes, g.node("Unsqueeze", [rowsOf(places), g.ints(1)]), keys());
    const q = splitHeads(g, g.node("Unsqueeze", [rowsOf(queries), g.ints(0)]), attributes, heads / kvHeads);
    const { probabilities } = lowerScores(g, attributes, { q, k: splitHeads(g, k, attributes, 1), bias });
    const o = g.node("MatMul", [probabilities, splitHeads(g, v, attributes, 1)]);
    return joinHeads(g, o, attributes, heads / kvHeads);
  });
  return [joinBlocks(g, blocks, width)];
}

/** Takes in the rotation of a single row before its attention. */
function fuseRotation(node: Applied, before: (input: number) => Applied | null): Fused | null {
  if (!applies(node, cachedAttention) || node.inputs[0].shape[0] !== 1) return null;
  const rotated = before(0);
  if (!applies(rotated, rope)) return null;
  const [x, rotation] = rotated.inputs;
  const attributes: CachedAttentionAttributes = { ...node.attributes, rope: rotated.attributes.table ?? 0 };
  return { absorbs: 0, op: cachedAttention, attributes, inputs: [x, ...node.inputs.slice(1), rotation] };
}

// Threads of a workgroup. Software runs a workgroup's lanes one part after another and changes over at each barrier.
const KEYS = 64;
const SOFTWARE_KEYS = 16;

function attentionKernel(attributes: CachedAttentionAttributes, APPEND: boolean, software: boolean): Kernel {
  const { heads, kvHeads, headSize, scale = 1 / Math.sqrt(headSize), softCap, rope: table } = attributes;
  const { CAPPED, sources: capSources, constants } = softCapParts(softCap, "f32");
  const sources = [vectorsFor(headSize / 2).source, ...capSources, attentionSource];
  const text = {
    CAPPED,
    ROTATED: table !== undefined,
    // A GPU has other threads to run while one waits.
    TOUCH: software && APPEND,
  };
  const shape = {
    HEADS: heads,
    KV_HEADS: kvHeads,
    HEAD: headSize,
    KEYS: software ? SOFTWARE_KEYS : KEYS,
    APPEND,
    SCALE: { f32: scale },
    ...constants,
    ...(table === undefined ? {} : { TABLE: table }),
  };
  return specialize("cached_attention", sources, shape, text);
}
