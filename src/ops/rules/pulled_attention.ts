import formSource from "../../../shaders/rules/secant_form.wgsl" with { type: "text" };
import keyValueSource from "../../../shaders/rules/pulled_attention_key_value.wgsl" with { type: "text" };
import pairSource from "../../../shaders/rules/pulled_attention_lib.wgsl" with { type: "text" };
import querySource from "../../../shaders/rules/pulled_attention_query.wgsl" with { type: "text" };
import type { Dispatch } from "../../gpu/pass.ts";
import type { PreprocessorValues } from "../../gpu/preprocess.ts";
import {
  attentionKernel,
  groupParts,
  pairWork,
  tileLaunches,
  tileParams,
  tiles,
} from "../attention/attention_kernel.ts";
import { eachQuery, evenPlaces, type QueryAttributes } from "../attention/attention_layout.ts";
import { scoreElements } from "../attention/lowered_attention.ts";
import { addScaled, dot } from "../dot.ts";
import { elements, type KernelContext, matrix, type Op } from "../op.ts";
import { lowerPulledAttention } from "./lowered_pulled_attention.ts";
import { pulledSizes } from "./pulled_sizes.ts";
import { partnersOf, type SecantForm } from "./secant_form.ts";
import { logMean, slopeSources, tanhSlope } from "./slopes.ts";

/** An attention whose B sequences are as many results: with two points each, 2B of qkv, the starts before the ends. */
type PulledAttributes = QueryAttributes & Partial<SecantForm>;

/** Offsets of one query. */
type Query = Parameters<Parameters<typeof eachQuery>[2]>[0];

/**
 * qkv [P + 2B S, ..] of B starts and then their B ends, lse [2B, N, H], m [B, n, H Dh] → m_qkv [P + B s, ..] with Σ
 * m_qkv Δqkv = Σ m Δo. With means of the two points (or the end's and the start's value if it is ordered): m_v = P̄ᵀ m,
 * m_P = m V̄ᵀ; by softmax m_z = ℓ ∘ (m_P − ⟨ℓ, m_P⟩ / Σ ℓ), ℓ_j = Δp_j / Δlog p_j, as Σ ℓ Δlog p = 0; by the
 * soft-cap's slope; m_q = m_z K̄, m_k = m_zᵀ Q̄. Zero at shared rows, and rows are left out, as in `attentionBackward`.
 */
export const attentionSecant: Op<QueryAttributes & SecantForm> = pulledAttention("attentionSecant", 2);

/**
 * qkv, lse, do → dqkv as `attentionBackward`, but that dS = p_T ∘ (g − ⟨p_T, g⟩) from probabilities of temperature two,
 * p_T = softmax(s / 2), without the factor ½ of their derivative (Edin et al. 2025, "GIM"); dv by the model's own.
 */
export const attentionTempered: Op<QueryAttributes> = pulledAttention("attentionTempered", 1);

function pulledAttention<A extends PulledAttributes>(name: string, points: 1 | 2): Op<A> {
  return {
    name,
    types(attributes, [qkv, , m]) {
      const { shared: P, sequences: B } = attributes;
      const { own } = pulledSizes(name, attributes, points, qkv, m);
      return [{ shape: [...(P === 0 ? [B, own] : [P + B * own]), matrix(qkv).columns], dtype: "f32" }];
    },
    reference({ attributes, inputs: [qkv, lse, m], inputTypes, outputTypes: [type] }) {
      const { heads, sequences: B, shared: P } = attributes;
      const { S, N, n, own } = pulledSizes(name, attributes, points, inputTypes[0], inputTypes[2]);
      const result = new Float64Array(elements(type));
      const queries: Query[] = [];
      eachQuery(attributes, evenPlaces({ ...attributes, sequences: points * B }, { S, N }), (at) => queries.push(at));
      const ahead = queries.length / points;
      queries.slice(0, ahead).forEach((at, i) => {
        if (at.i >= P + own) return;
        // Rows that are left out take no room in m and in the result.
        const b = Math.floor(at.row / (N * heads));
        const given = m.subarray((at.row - b * (N - n) * heads) * at.D).subarray(0, at.D);
        const place = { given, moved: b * (S - own) * matrix(type).columns, own: P };
        pullQuery(attributes, { qkv, lse, result }, points === 2 ? [at, queries[i + ahead]] : [at, at], points, place);
      });
      return [result];
    },
    lower: (context) => lowerPulledAttention(context, points),
    loweredScratch(attributes, [qkv, , m]) {
      const { S, n } = pulledSizes(name, attributes, points, qkv, m);
      return 2 * points * scoreElements(attributes, n, attributes.shared + S);
    },
    vjp: null,
    jvp: null,
    // ⟨ℓ, m_P⟩ / Σ ℓ and the factor of ℓ of each query and head, from the first kernel for the others.
    scratch: ({ heads }, [, , m]) => [2 * heads * matrix(m).rows],
    kernels: (context) => launches(name, context, points),
  };
}

/** Adds the multipliers of one query of the start and of the end; of one point these are the same. */
function pullQuery(
  attributes: PulledAttributes,
  { qkv, lse, result }: Readonly<Record<"qkv" | "lse" | "result", Float64Array>>,
  [a, b]: readonly [Query, Query],
  points: 1 | 2,
  { given, moved, own }: { readonly given: Float64Array; readonly moved: number; readonly own: number },
): void {
  const { late, early } = partnersOf({ ordered: attributes.ordered ?? false });
  const between = (rule: typeof late, start: number, end: number) =>
    Float64Array.from({ length: a.D }, (_, d) => rule(qkv[start + d], qkv[end + d]));
  const keys = Array.from({ length: a.i + 1 - a.first }, (_, k) => {
    const j = a.first + k;
    const [u, w] = [a, b].map((at) => dot(qkv, at.q, qkv, at.k[j], at.D));
    const [z, y] = [a.score(u), b.score(w)];
    const [p, q] = [z - lse[a.row], y - lse[b.row]];
    return {
      j,
      weight: points === 2 ? logMean(p, q) : Math.exp(p / 2),
      slope: points === 2 ? slopeBetween(attributes, u, w) : a.slope(z),
      probability: late(Math.exp(p), Math.exp(q)),
      free: dot(given, 0, between(early, a.v[j], b.v[j]), 0, a.D),
    };
  });
  const total = keys.reduce((sum, { weight }) => sum + weight, 0);
  const mean = keys.reduce((sum, { weight, free }) => sum + weight * free, 0) / total;
  const query = between(late, a.q, b.q);
  for (const { j, weight, slope, probability, free } of keys) {
    const mz = slope * weight * (free - mean) / (points === 2 ? 1 : total);
    addScaled(result, a.q - moved, mz, between(early, a.k[j], b.k[j]), 0, a.D);
    if (j < own) continue;
    addScaled(result, a.k[j] - moved, mz, query, 0, a.D);
    addScaled(result, a.v[j] - moved, probability, given, 0, a.D);
  }
}

/** The change of the score by that of the product of query and key. */
function slopeBetween(attributes: PulledAttributes, start: number, end: number): number {
  const { headSize, scale = 1 / Math.sqrt(headSize), softCap } = attributes;
  return softCap === undefined ? scale : scale * tanhSlope(scale * start / softCap, scale * end / softCap);
}

function launches(name: string, context: KernelContext<PulledAttributes>, points: 1 | 2): Dispatch[] {
  const { attributes, inputs: [qkv, lse, m], inputTypes, outputs: [result], scratch: [sums], ...adapter } = context;
  const { heads, kvHeads, sequences: B, shared: P, ordered = false } = attributes;
  const { S, N, own } = pulledSizes(name, attributes, points, inputTypes[0], inputTypes[2]);
  const length = P + own;
  const kernelOf = (stem: string, source: string, results: number, flags: PreprocessorValues = {}) => {
    const text = [...slopeSources("vec4f"), formSource, pairSource, source].join("\n");
    const given = { ...flags, PAIRED: points === 2, ORDERED: ordered };
    return attentionKernel(`${name}_${stem}`, text, attributes, adapter, { positions: 0, results, flags: given });
  };
  const keyValue = kernelOf("key_value", keyValueSource, 2);
  const pairs = { sequences: B, queries: length - P - S + N, positions: length };
  const launchesOf = (side: number, work: number) => tileLaunches(tiles(B, length, side), work, adapter.mostWork);
  // Products of rows of both points for each query and key: of the scores, and of the multipliers and the values.
  const scored = points + 1;
  const queries = (stem: string, SUMS: boolean) => {
    const kernel = kernelOf(stem, querySource, 1, { SUMS });
    return launchesOf(heads, pairWork(attributes, pairs, SUMS ? scored : scored + 1)).map(({ before, ...launch }) => ({
      kernel,
      bindings: [qkv, lse, m, sums, SUMS ? null : result],
      params: tileParams(attributes, { S, N, length }, before),
      ...launch,
    }));
  };
  return [
    ...queries("sums", true),
    ...queries("query", false),
    // Products of two points take twice the turns.
    ...groupParts(attributes, points * length).flatMap((part) =>
      launchesOf(kvHeads, pairWork(attributes, pairs, scored + 2) * (part[1] - part[0]) * kvHeads / heads).map((
        { before, ...launch },
      ) => ({
        kernel: keyValue,
        bindings: [qkv, lse, m, sums, result],
        params: tileParams(attributes, { S, N, length }, before, part),
        ...launch,
      }))
    ),
  ];
}
