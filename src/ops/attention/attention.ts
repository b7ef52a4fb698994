import forwardSource from "../../../shaders/attention/attention.wgsl" with { type: "text" };
import backwardKeyValueSource from "../../../shaders/attention/attention_backward_key_value.wgsl" with { type: "text" };
import backwardQuerySource from "../../../shaders/attention/attention_backward_query.wgsl" with { type: "text" };
import tangentSource from "../../../shaders/attention/attention_tangent.wgsl" with { type: "text" };
import { addScaled, dot } from "../dot.ts";
import { elements, matrix, type Op } from "../op.ts";
import { attentionKernel, groupParts, pairWork, tileLaunches, tileParams, tiles } from "./attention_kernel.ts";
import {
  backwardSizes,
  eachQuery,
  evenPlaces,
  type QueryAttributes,
  raggedPlaces,
  roomOf,
  sizesOf,
} from "./attention_layout.ts";
import { goesByBlocks } from "./attention_blocks.ts";
import { blockedAttention, blockedScratch, blockedTangent, blockedTangentScratch } from "./blocked_attention.ts";
import { blockedBackward, blockedBackwardScratch } from "./blocked_backward.ts";
import { evenKeys, lowerAttentionTangent, lowerEvenAttention, scoreElements } from "./lowered_attention.ts";
import { lowerAttentionBackward } from "./lowered_attention_backward.ts";
import { lowerRaggedAttention, raggedElements } from "./lowered_ragged.ts";

/**
 * qkv [P + B S, (H + 2K) Dh] → o [B, N, H Dh], lse [B, N, H]: causal, P_ij = exp(s_ij − lse_i), s_ij = q_i·k_j/√Dh, o_i
 * = Σ_{j≤i} P_ij v_j (Ainslie et al. 2023, "GQA"); with another scale, a soft-cap of the scores and a window of
 * positions if the attributes have them. The probabilities are never stored. Each sequence is the shared rows and S of
 * its own.
 *
 * A second input, layout [B, 3 + M], makes a ragged batch of it, with outputs [1, .., ..] and no derivatives: of each
 * sequence the position from which on rows are its own, which follow each other; the number of its positions, at most
 * M; a position whose key and value later queries do not see, or that number for none; and the row of qkv of each
 * position. Rows before its own may be shared ones or other sequences'. If it is `gapped`, [B, 3 + 2M], also where
 * each position's token stands, ascending: a window counts by that.
 */
export const attention: Op<QueryAttributes> = {
  name: "attention",
  types(attributes, [qkv, layout]) {
    const { heads, headSize, sequences: B, queries } = attributes;
    const { R, N } = sizesOf("attention", attributes, qkv, layout);
    const [first, second] = layout === undefined ? [B, N] : [1, queries === null ? R : B * queries];
    return [heads * headSize, heads].map((width) => ({ shape: [first, second, width], dtype: "f32" }));
  },
  reference({ attributes, inputs: [qkv, layout], inputTypes, outputTypes }) {
    const o = new Float64Array(elements(outputTypes[0]));
    const lse = new Float64Array(elements(outputTypes[1]));
    const places = layout === undefined
      ? evenPlaces(attributes, sizesOf("attention", attributes, inputTypes[0]))
      : raggedPlaces(attributes, layout, inputTypes[1]);
    eachQuery(attributes, places, (at) => {
      const { i, first, unseen, D } = at;
      const scores = new Float64Array(i + 1 - first);
      let top = -Infinity;
      for (let j = first; j <= i; j++) {
        const score = j === unseen && j !== i ? -Infinity : at.score(dot(qkv, at.q, qkv, at.k[j], D));
        scores[j - first] = score;
        top = Math.max(top, score);
      }
      let sum = 0;
      for (const score of scores) sum += Math.exp(score - top);
      lse[at.row] = top + Math.log(sum);
      for (let j = first; j <= i; j++) {
        addScaled(o, at.out, Math.exp(scores[j - first] - lse[at.row]), qkv, at.v[j], D);
      }
    });
    return [o, lse];
  },
  lower: (context) => context.inputs.length === 1 ? lowerEvenAttention(context) : lowerRaggedAttention(context),
  loweredScratch: (attributes, inputs) =>
    inputs.length === 1
      ? scoreElements(attributes, sizesOf("attention", attributes, inputs[0]).N, evenKeys(attributes, inputs[0]))
      : raggedElements(attributes, inputs),
  vjp: (g, { attributes, inputs: [qkv], outputs: [o, lse] }, [dOut]) => [
    dOut && g.emit(attentionBackward, { ...attributes }, [qkv, o, lse, dOut])[0],
  ],
  jvp: (g, { attributes, inputs: [qkv], outputs: [o, lse] }, [tangent]) => [
    tangent && g.emit(attentionTangent, { ...attributes }, [qkv, o, lse, tangent])[0],
    null,
  ],
  scratch(attributes, [qkv, layout], adapter) {
    const length = evenKeys(attributes, qkv);
    return layout === undefined && goesByBlocks(attributes, length, adapter) ? blockedScratch(attributes, length) : [];
  },
  kernels({ attributes, inputs: [qkv, layout], inputTypes, outputs, scratch, subgroups, software, tuning, mostWork }) {
    const { heads, sequences: B, shared: P, queries } = attributes;
    const { R, S, N } = sizesOf("attention", attributes, inputTypes[0], inputTypes[1]);
    const ragged = layout !== undefined;
    const length = ragged ? roomOf(attributes, inputTypes[1]) : P + S;
    if (!ragged && goesByBlocks(attributes, length, { subgroups, software })) {
      return blockedAttention(attributes, { length, N }, qkv, outputs, scratch);
    }
    const kernel = attentionKernel("attention", forwardSource, attributes, { subgroups, software, tuning }, {
      positions: length,
      ragged,
      gapped: attributes.gapped,
    });
    const work = pairWork(attributes, { sequences: B, queries: ragged ? queries ?? R / B : N, positions: length }, 2);
    const count = tiles(B, length, heads, ragged ? 0 : P + S - N);
    return tileLaunches(count, work, mostWork).map(({ before, ...launch }) => ({
      kernel,
      bindings: [qkv, layout ?? null, ...outputs],
      params: tileParams(attributes, { S, N: ragged ? queries ?? 0 : N, length }, before),
      ...launch,
    }));
  },
};

/**
 * qkv, o, lse, do → dqkv: dS_ij = P_ij (do_i·v_j − do_i·o_i); dq_i = s Σ_j dS_ij k_j; dk_j = s Σ_{h,i} dS_ij q_i; s the
 * score's slope, dv_j = Σ_{h,i} P_ij do_i, h over the group (Dao et al. 2022, "FlashAttention", B.2). Zero at shared
 * rows. If do has only the first n of N rows a sequence, the others are zero, and dqkv has only the first S − N + n
 * rows of each.
 */
export const attentionBackward: Op<QueryAttributes> = {
  name: "attentionBackward",
  types(attributes, [qkv, , , dOut]) {
    const { sequences: B, shared: P } = attributes;
    const { own } = backwardSizes(attributes, qkv, dOut);
    return [{ shape: [...(P === 0 ? [B, own] : [P + B * own]), matrix(qkv).columns], dtype: "f32" }];
  },
  reference({ attributes, inputs: [qkv, o, lse, dOut], inputTypes, outputTypes: [type] }) {
    const { heads, shared: P } = attributes;
    const { S, N, n, own } = backwardSizes(attributes, inputTypes[0], inputTypes[3]);
    const width = matrix(type).columns;
    const dqkv = new Float64Array(elements(type));
    eachQuery(attributes, evenPlaces(attributes, { S, N }), (at) => {
      if (at.i >= P + own) return;
      // Rows that are left out take no room in do and in the result.
      const b = Math.floor(at.row / (N * heads));
      const given = (at.row - b * (N - n) * heads) * at.D;
      const moved = b * (S - own) * width;
      const delta = dot(dOut, given, o, at.out, at.D);
      for (let j = at.first; j <= at.i; j++) {
        const score = at.score(dot(qkv, at.q, qkv, at.k[j], at.D));
        const p = Math.exp(score - lse[at.row]);
        const ds = at.slope(score) * p * (dot(dOut, given, qkv, at.v[j], at.D) - delta);
        addScaled(dqkv, at.q - moved, ds, qkv, at.k[j], at.D);
        if (j < P) continue;
        addScaled(dqkv, at.k[j] - moved, ds, qkv, at.q, at.D);
        addScaled(dqkv, at.v[j] - moved, p, dOut, given, at.D);
      }
    });
    return [dqkv];
  },
  lower: lowerAttentionBackward,
  loweredScratch: (attributes, [qkv, , , dOut]) =>
    scoreElements(attributes, backwardSizes(attributes, qkv, dOut).n, evenKeys(attributes, qkv)),
  vjp: null,
  jvp: null,
  scratch(attributes, [qkv, , , dOut], adapter) {
    const { n, own } = backwardSizes(attributes, qkv, dOut);
    // do·o of each query and head, from the first kernel for the others.
    const delta = attributes.sequences * n * attributes.heads;
    const blocked = goesByBlocks(attributes, evenKeys(attributes, qkv), adapter);
    return [delta, ...(blocked ? blockedBackwardScratch(attributes, attributes.shared + own) : [])];
  },
  kernels({ attributes, inputs, inputTypes, outputs: [dqkv], scratch, subgroups, software, tuning, mostWork }) {
    const [qkv, o, lse, dOut] = inputs;
    const { heads, kvHeads, sequences: B, shared: P } = attributes;
    const { S, N, n, own } = backwardSizes(attributes, inputTypes[0], inputTypes[3]);
    const length = P + own;
    if (goesByBlocks(attributes, P + S, { subgroups, software })) {
      return blockedBackward(attributes, { length, N, n, own }, inputs, dqkv, scratch);
    }
    const [delta] = scratch;
    const pairs = { sequences: B, queries: n, positions: length };
    const queryKernel = attentionKernel("attention_backward_query", backwardQuerySource, attributes, {
      subgroups,
      software,
      tuning,
    }, { positions: length });
    const keyValueKernel = attentionKernel("attention_backward_key_value", backwardKeyValueSource, attributes, {
      subgroups,
      software,
      tuning,
    }, { positions: length, results: 2 });
    const launchesOf = (side: number, work: number) => tileLaunches(tiles(B, length, side), work, mostWork);
    return [
      ...launchesOf(heads, pairWork(attributes, pairs, 3)).map(({ before, ...launch }) => ({
        kernel: queryKernel,
        bindings: [qkv, o, lse, dOut, delta, dqkv],
        params: tileParams(attributes, { S, N, length }, before),
        ...launch,
      })),
      ...groupParts(attributes, length).flatMap((part) =>
        launchesOf(kvHeads, pairWork(attributes, pairs, 4) * (part[1] - part[0]) * kvHeads / heads).map((
          { before, ...launch },
        ) => ({
          kernel: keyValueKernel,
          bindings: [qkv, lse, dOut, delta, dqkv],
          params: tileParams(attributes, { S, N, length }, before, part),
          ...launch,
        }))
      ),
    ];
  },
};

/** qkv, o, lse, tangent of qkv → tangent of o: to_i = Σ_j P_ij (tv_j + (ts_ij − Σ_l P_il ts_il) v_j). */
export const attentionTangent: Op<QueryAttributes> = {
  name: "attentionTangent",
  types(attributes, [qkv, o]) {
    sizesOf("attentionTangent", attributes, qkv);
    return [{ shape: o.shape, dtype: "f32" }];
  },
  reference({ attributes, inputs: [qkv, o, lse, tangent], inputTypes }) {
    const to = new Float64Array(o.length);
    eachQuery(attributes, evenPlaces(attributes, sizesOf("attentionTangent", attributes, inputTypes[0])), (at) => {
      let mean = 0;
      for (let j = at.first; j <= at.i; j++) {
        const score = at.score(dot(qkv, at.q, qkv, at.k[j], at.D));
        const p = Math.exp(score - lse[at.row]);
        const slope = dot(tangent, at.q, qkv, at.k[j], at.D) + dot(qkv, at.q, tangent, at.k[j], at.D);
        const weighted = p * at.slope(score) * slope;
        mean += weighted;
        addScaled(to, at.out, p, tangent, at.v[j], at.D);
        addScaled(to, at.out, weighted, qkv, at.v[j], at.D);
      }
      addScaled(to, at.out, -mean, o, at.out, at.D);
    });
    return [to];
  },
  lower: lowerAttentionTangent,
  loweredScratch: (attributes, [qkv]) =>
    scoreElements(attributes, sizesOf("attentionTangent", attributes, qkv).N, evenKeys(attributes, qkv)),
  vjp: null,
  jvp: null,
  scratch(attributes, [qkv], adapter) {
    const length = evenKeys(attributes, qkv);
    return goesByBlocks(attributes, length, adapter) ? blockedTangentScratch(attributes, length) : [];
  },
  kernels({ attributes, inputs, inputTypes, outputs, scratch, subgroups, software, tuning, mostWork }) {
    const { heads, sequences: B, shared: P } = attributes;
    const { S, N } = sizesOf("attentionTangent", attributes, inputTypes[0]);
    if (goesByBlocks(attributes, P + S, { subgroups, software })) {
      return blockedTangent(attributes, { length: P + S, N }, inputs, outputs[0], scratch);
    }
    const kernel = attentionKernel("attention_tangent", tangentSource, attributes, { subgroups, software, tuning }, {
      positions: P + S,
    });
    const work = pairWork(attributes, { sequences: B, queries: N, positions: P + S }, 5);
    const launches = tileLaunches(tiles(B, P + S, heads, P + S - N), work, mostWork);
    return launches.map(({ before, ...launch }) => ({
      kernel,
      bindings: [...inputs, ...outputs],
      params: tileParams(attributes, { S, N, length: P + S }, before),
      ...launch,
    }));
  },
};

/** Everything that the kernels which a tuning chooses among are made of. */
export const ATTENTION_SOURCES: readonly string[] = [
  forwardSource,
  backwardQuerySource,
  backwardKeyValueSource,
  tangentSource,
];
