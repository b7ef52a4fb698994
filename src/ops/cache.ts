import appendSource from "../../shaders/cache_append.wgsl" with { type: "text" };
import attentionSource from "../../shaders/cached_attention.wgsl" with { type: "text" };
import argmaxSource from "../../shaders/argmax.wgsl" with { type: "text" };
import { grid, specialize } from "../gpu/kernel.ts";
import type { AttentionAttributes } from "./attention_layout.ts";
import { elements, matrix, type Op, requireShape } from "./op.ts";
import { vectorsFor } from "./vector.ts";

/**
 * qkv [R, (H + 2K) Dh] after RoPE, cache [capacity, 2 K Dh], position [1] → o [R, H Dh]. Writes the new keys and values
 * into the cache in place from row `position` on, then attends causally to everything up to each row's own.
 */
export const cachedAttention: Op<AttentionAttributes> = {
  types({ heads, kvHeads, headSize }, [qkv, cache]) {
    const fits = matrix(qkv).columns === (heads + 2 * kvHeads) * headSize &&
      matrix(cache).columns === 2 * kvHeads * headSize && matrix(qkv).rows <= matrix(cache).rows;
    requireShape(fits, "cachedAttention", "[R, (H + 2 K) Dh] and [≥ R, 2 K Dh]", [qkv, cache]);
    return [{ shape: [matrix(qkv).rows, heads * headSize], dtype: "f32" }];
  },
  reference({ attributes, inputs: [qkv, cache, position], inputTypes, outputTypes }) {
    const { heads, kvHeads, headSize: D } = attributes;
    const { rows, columns } = matrix(inputTypes[0]);
    const width = 2 * kvHeads * D;
    const o = new Float64Array(elements(outputTypes[0]));
    for (let r = 0; r < rows; r++) {
      cache.set(qkv.subarray(r * columns + heads * D, (r + 1) * columns), (position[0] + r) * width);
      for (let head = 0; head < heads; head++) {
        const q = qkv.subarray(r * columns + head * D, r * columns + (head + 1) * D);
        const offset = Math.floor(head / (heads / kvHeads)) * D;
        const scores = Float64Array.from({ length: position[0] + r + 1 }, (_, j) => {
          const k = j * width + offset;
          return q.reduce((sum, value, d) => sum + value * cache[k + d], 0) / Math.sqrt(D);
        });
        const top = scores.reduce((a, b) => Math.max(a, b));
        const sum = scores.reduce((total, score) => total + Math.exp(score - top), 0);
        scores.forEach((score, j) => {
          const p = Math.exp(score - top) / sum;
          const v = j * width + offset + kvHeads * D;
          for (let d = 0; d < D; d++) o[(r * heads + head) * D + d] += p * cache[v + d];
        });
      }
    }
    return [o];
  },
  vjp: null,
  jvp: null,
  kernels({ attributes: { heads, kvHeads, headSize }, inputs: [qkv, cache, position], inputTypes, outputs: [o] }) {
    const { rows } = matrix(inputTypes[0]);
    const layout = { HEADS: heads, KV_HEADS: kvHeads, HEAD: headSize };
    return [{
      kernel: specialize("cache_append", [appendSource], layout),
      bindings: [qkv, position, cache],
      params: [rows],
      workgroups: grid(rows * 2 * kvHeads * headSize, 64),
    }, {
      kernel: specialize("cached_attention", [vectorsFor(headSize).source, attentionSource], {
        ...layout,
        SCALE: { f32: 1 / Math.sqrt(headSize) },
      }),
      bindings: [qkv, cache, position, o],
      params: [rows],
      workgroups: grid(rows * heads, 1),
    }];
  },
};

/** x [R, D] → y [R]: the first index of each row's largest value. */
export const argmax: Op<Record<never, never>> = {
  types: (_attributes, [x]) => [{ shape: [matrix(x).rows], dtype: "u32" }],
  reference({ inputs: [x], inputTypes }) {
    const { rows, columns } = matrix(inputTypes[0]);
    return [Float64Array.from({ length: rows }, (_, m) => {
      const row = x.subarray(m * columns, (m + 1) * columns);
      return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
    })];
  },
  vjp: null,
  jvp: null,
  kernels({ inputs, inputTypes, outputs }) {
    const { rows, columns } = matrix(inputTypes[0]);
    return [{
      kernel: specialize("argmax", [argmaxSource], { D: columns }),
      bindings: [...inputs, ...outputs],
      params: [rows],
      workgroups: grid(rows, 1),
    }];
  },
};
