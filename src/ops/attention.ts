import backwardKeyValueSource from "../../shaders/attention_backward_key_value.wgsl" with { type: "text" };
import backwardQuerySource from "../../shaders/attention_backward_query.wgsl" with { type: "text" };
import tangentSource from "../../shaders/attention_tangent.wgsl" with { type: "text" };
import forwardSource from "../../shaders/attention.wgsl" with { type: "text" };
import { attentionKernel, groupParts, tiles } from "./attention_kernel.ts";
import { elements, type Op, requireShape, type ValueType } from "./op.ts";

/** Grouped-query attention over rows [q | k | v], q of `heads`, k and v of `kvHeads` heads. */
export interface AttentionAttributes {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
}

/** Attention of which only some rows are asked for. */
export interface QueryAttributes extends AttentionAttributes {
  /** F: position of the first query of each sequence. Rows before it are keys and values alone; N = S − F. */
  readonly firstQuery: number;
}

/**
 * qkv [B, S, (H + 2K) Dh] → o [B, N, H Dh], lse [B, N, H]: causal, P_ij = exp(q_i·k_j/√Dh − lse_i), o_i = Σ_{j≤i} P_ij v_j
 * (Ainslie et al. 2023, "GQA"). The probabilities are never stored.
 */
export const attention: Op<QueryAttributes> = {
  types(attributes, [qkv]) {
    const { heads, headSize, firstQuery } = attributes;
    const [B, S] = sequences("attention", attributes, qkv);
    const N = S - firstQuery;
    return [{ shape: [B, N, heads * headSize], dtype: "f32" }, { shape: [B, N, heads], dtype: "f32" }];
  },
  reference({ attributes, inputs: [qkv], inputTypes, outputTypes }) {
    const o = new Float64Array(elements(outputTypes[0]));
    const lse = new Float64Array(elements(outputTypes[1]));
    eachQuery(attributes, inputTypes[0], (at) => {
      const scores = Float64Array.from({ length: at.i + 1 }, (_, j) => at.scale * dot(qkv, at.q, qkv, at.k(j), at.D));
      const top = scores.reduce((a, b) => Math.max(a, b));
      lse[at.row] = top + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - top), 0));
      for (let j = 0; j <= at.i; j++) addScaled(o, at.out, Math.exp(scores[j] - lse[at.row]), qkv, at.v(j), at.D);
    });
    return [o, lse];
  },
  vjp: (g, { attributes, inputs: [qkv], outputs: [o, lse] }, [dOut]) => [
    dOut && g.emit("attentionBackward", { ...attributes }, [qkv, o, lse, dOut])[0],
  ],
  jvp: (g, { attributes, inputs: [qkv], outputs: [o, lse] }, [tangent]) => [
    tangent && g.emit("attentionTangent", { ...attributes }, [qkv, o, lse, tangent])[0],
    null,
  ],
  kernels({ attributes, inputs, inputTypes, outputs, subgroups }) {
    const [B, S] = inputTypes[0].shape;
    return [{
      kernel: attentionKernel("attention", forwardSource, attributes, subgroups),
      bindings: [...inputs, ...outputs],
      params: [B, S, attributes.firstQuery],
      workgroups: tiles(B, S, attributes.heads, attributes.firstQuery),
    }];
  },
};

/**
 * qkv, o, lse, do → dqkv: dS_ij = P_ij (do_i·v_j − do_i·o_i); dq_i = s Σ_j dS_ij k_j; dk_j = s Σ_{h,i} dS_ij q_i;
 * dv_j = Σ_{h,i} P_ij do_i, h over the group (Dao et al. 2022, "FlashAttention", B.2).
 */
export const attentionBackward: Op<QueryAttributes> = {
  types(attributes, [qkv, ...others]) {
    sequences("attentionBackward", attributes, qkv);
    return [{ shape: qkv.shape, dtype: others[0].dtype }];
  },
  reference({ attributes, inputs: [qkv, o, lse, dOut], inputTypes }) {
    const dqkv = new Float64Array(qkv.length);
    eachQuery(attributes, inputTypes[0], (at) => {
      const delta = dot(dOut, at.out, o, at.out, at.D);
      for (let j = 0; j <= at.i; j++) {
        const p = Math.exp(at.scale * dot(qkv, at.q, qkv, at.k(j), at.D) - lse[at.row]);
        const ds = at.scale * p * (dot(dOut, at.out, qkv, at.v(j), at.D) - delta);
        addScaled(dqkv, at.q, ds, qkv, at.k(j), at.D);
        addScaled(dqkv, at.k(j), ds, qkv, at.q, at.D);
        addScaled(dqkv, at.v(j), p, dOut, at.out, at.D);
      }
    });
    return [dqkv];
  },
  vjp: null,
  jvp: null,
  // do·o of each query and head, from the first kernel for the second.
  scratch: ({ heads, firstQuery }, [{ shape: [B, S] }]) => [B * (S - firstQuery) * heads],
  kernels({ attributes, inputs, inputTypes, outputs: [dqkv], scratch: [delta], subgroups }) {
    const [qkv, o, lse, dOut] = inputs;
    const [B, S] = inputTypes[0].shape;
    const { heads, kvHeads, firstQuery } = attributes;
    const keyValueKernel = attentionKernel(
      "attention_backward_key_value",
      backwardKeyValueSource,
      attributes,
      subgroups,
      2,
    );
    return [
      {
        kernel: attentionKernel("attention_backward_query", backwardQuerySource, attributes, subgroups),
        bindings: [qkv, o, lse, dOut, delta, dqkv],
        params: [B, S, firstQuery],
        workgroups: tiles(B, S, heads),
      },
      ...groupParts(attributes, S).map(([first, end]) => ({
        kernel: keyValueKernel,
        bindings: [qkv, lse, dOut, delta, dqkv],
        params: [B, S, firstQuery, first, end],
        workgroups: tiles(B, S, kvHeads),
      })),
    ];
  },
};

/** qkv, o, lse, tangent of qkv → tangent of o: to_i = Σ_j P_ij (tv_j + (ts_ij − Σ_l P_il ts_il) v_j). */
export const attentionTangent: Op<QueryAttributes> = {
  types(attributes, [qkv, o]) {
    sequences("attentionTangent", attributes, qkv);
    return [{ shape: o.shape, dtype: "f32" }];
  },
  reference({ attributes, inputs: [qkv, o, lse, tangent], inputTypes }) {
    const to = new Float64Array(o.length);
    eachQuery(attributes, inputTypes[0], (at) => {
      let mean = 0;
      for (let j = 0; j <= at.i; j++) {
        const p = Math.exp(at.scale * dot(qkv, at.q, qkv, at.k(j), at.D) - lse[at.row]);
        const slope = dot(tangent, at.q, qkv, at.k(j), at.D) + dot(qkv, at.q, tangent, at.k(j), at.D);
        const weighted = p * at.scale * slope;
        mean += weighted;
        addScaled(to, at.out, p, tangent, at.v(j), at.D);
        addScaled(to, at.out, weighted, qkv, at.v(j), at.D);
      }
      addScaled(to, at.out, -mean, o, at.out, at.D);
    });
    return [to];
  },
  vjp: null,
  jvp: null,
  kernels({ attributes, inputs, inputTypes, outputs, subgroups }) {
    const [B, S] = inputTypes[0].shape;
    return [{
      kernel: attentionKernel("attention_tangent", tangentSource, attributes, subgroups),
      bindings: [...inputs, ...outputs],
      params: [B, S, attributes.firstQuery],
      workgroups: tiles(B, S, attributes.heads, attributes.firstQuery),
    }];
  },
};

function sequences(op: string, attributes: QueryAttributes, qkv: ValueType): [number, number] {
  const { heads, kvHeads, headSize, firstQuery } = attributes;
  const width = (heads + 2 * kvHeads) * headSize;
  const fits = qkv.shape.length === 3 && qkv.shape[2] === width && heads % kvHeads === 0 && firstQuery < qkv.shape[1];
  const expected = `[B, > ${firstQuery}, ${width}] with query heads a multiple of key/value heads`;
  requireShape(fits, op, expected, [qkv]);
  return [qkv.shape[0], qkv.shape[1]];
}

/** Offsets of one query: of its own vectors, and of the keys and values of position j of its sequence. */
interface QueryOffsets {
  readonly i: number;
  readonly row: number;
  readonly q: number;
  readonly out: number;
  readonly D: number;
  readonly scale: number;
  k(j: number): number;
  v(j: number): number;
}

function eachQuery(attributes: QueryAttributes, qkv: ValueType, visit: (at: QueryOffsets) => void): void {
  const { heads, kvHeads, headSize: D, firstQuery } = attributes;
  const [B, S, width] = qkv.shape;
  const scale = 1 / Math.sqrt(D);
  for (let b = 0; b < B; b++) {
    for (let i = firstQuery; i < S; i++) {
      for (let head = 0; head < heads; head++) {
        const kvHead = Math.floor(head / (heads / kvHeads));
        const row = (b * (S - firstQuery) + i - firstQuery) * heads + head;
        const k = (j: number) => (b * S + j) * width + (heads + kvHead) * D;
        const v = (j: number) => k(j) + kvHeads * D;
        visit({ i, row, q: (b * S + i) * width + head * D, out: row * D, D, scale, k, v });
      }
    }
  }
}

function dot(a: Float64Array, i: number, b: Float64Array, j: number, length: number): number {
  let sum = 0;
  for (let d = 0; d < length; d++) sum += a[i + d] * b[j + d];
  return sum;
}

function addScaled(y: Float64Array, i: number, factor: number, x: Float64Array, j: number, length: number): void {
  for (let d = 0; d < length; d++) y[i + d] += factor * x[j + d];
}
