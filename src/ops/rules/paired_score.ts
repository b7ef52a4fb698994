import reduceSource from "../../../shaders/block/row_reduce.wgsl" with { type: "text" };
import pairSource from "../../../shaders/rules/paired_lib.wgsl" with { type: "text" };
import slopeSource from "../../../shaders/rules/paired_slope.wgsl" with { type: "text" };
import sumSource from "../../../shaders/rules/paired_sum.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import type { Dispatch } from "../../gpu/pass.ts";
import { distributionScore } from "../head/distribution_score.ts";
import { type HeadAttributes, keptLogits, type LogitSlice, logitSlices, sliceOf } from "../head/logit_slices.ts";
import { blockRows } from "../head/lowered_logits.ts";
import { SHANNON_SOURCE } from "../head/shannon.ts";
import { softCapParts } from "../head/soft_cap.ts";
import { targetLogProb } from "../head/target_log_prob.ts";
import { type KernelContext, matrix, type Op, requireShape, type ValueType } from "../op.ts";
import { transposedProduct } from "../product/product.ts";
import { rowScoreRules } from "../head/row_scores.ts";
import { lowerPairedScore } from "./lowered_paired_score.ts";
import type { PairedAttributes } from "./paired_measure.ts";
import { multiplierOf } from "./paired_multiplier.ts";
import { slopeSources } from "./slopes.ts";

/**
 * h [2n, T, D] of n starts and then their n ends, and targets [2nT] or, for divergences, reference logits [P, V] →
 * scores [2nT] as `targetLogProb` and `distributionScore` give them, and multipliers m [n, T, D] with Σ m Δh = the
 * change of the score. Every score's change is Σ_v a_v Δlog p_v, and so m = Σ_v s_v (a_v − ℓ_v Σ a / Σ ℓ) W_v, ℓ_v =
 * Δp_v / Δlog p_v, s_v the slope of the head's soft-cap between the two or 1: for log p(target) a is 1 at the target;
 * for p(target) Δp / Δlog p there; for the entropy −(p̄ + ℓ mean(log p)); for the divergence −p⁰; for Jensen and
 * Shannon's (p̄ − ℓ m̄ / ℓ_m + ℓ mean(log(p / m))) / 2, ℓ_m = Δm / Δlog m, m = (p + p⁰) / 2.
 */
export const pairedScore: Op<PairedAttributes> = {
  name: "pairedScore",
  recompute: { kept: true },
  types(attributes, [h, other]) {
    const { rows } = matrix(h);
    const scored = scoreOf(attributes).op.types(scoreOf(attributes).attributes, [h, other].filter(Boolean));
    requireShape(h.shape.length === 3 && h.shape[0] % 2 === 0, "pairedScore", "hidden states [2n, T, D]", [h]);
    const [B, T, D] = h.shape;
    return [{ ...scored[0], shape: [rows] }, { shape: [B / 2, T, D], dtype: "f32" }];
  },
  reference(context) {
    const { attributes, inputs: [h, other], inputTypes, weight } = context;
    const { op, attributes: scored } = scoreOf(attributes);
    const [score] = op.reference({ ...context, attributes: scored });
    const { rows, columns: D } = matrix(inputTypes[0]);
    const { values } = weight(attributes.weight);
    const V = values.length / D;
    const multipliers = new Float64Array(h.length / 2);
    for (let m = 0; m < rows / 2; m++) {
      const [start, end] = [m, m + rows / 2].map((row) => h.subarray(row * D, (row + 1) * D));
      const given = hasReference(attributes)
        ? other.subarray(m * V % other.length, m * V % other.length + V)
        : other?.[m] ?? 0;
      multiplierOf(attributes, { start, end, given, values }).forEach((factor, v) => {
        for (let d = 0; d < D; d++) multipliers[m * D + d] += factor * values[v * D + d];
      });
    }
    return [score, multipliers];
  },
  lower: lowerPairedScore,
  loweredScratch: (attributes, [h]) =>
    (attributes.measure === "jensen-shannon" ? 18 : 10) * Math.min(matrix(h).rows, blockRows(attributes)) *
    attributes.vocabulary,
  vjp: rowScoreRules<PairedAttributes>("pairedScore").vjp,
  jvp: null,
  scratch(attributes, inputs, adapter) {
    const { op, attributes: scored } = scoreOf(attributes);
    const { rows } = matrix(inputs[0]);
    return [keptLogits(attributes, rows), ...op.scratch!(scored, inputs, adapter).slice(1), rows];
  },
  kernels(context) {
    const { attributes, outputs: [score], scratch: [logits, state] } = context;
    const { op, attributes: scored } = scoreOf(attributes);
    const forward = op.kernels({ ...context, attributes: scored, outputs: [score], scratch: [logits, state] });
    // Slopes of a soft-cap are between logits before it.
    const slices = logitSlices({ ...context, attributes: { ...attributes, softCap: undefined } });
    const capped = attributes.softCap !== undefined;
    return [
      ...forward,
      ...slices.flatMap((slice) => [...(capped ? slice.dispatches : slice.again), sumSlice(context, slice)]),
      ...slices.flatMap((slice) => [...slice.again, ...pullSlice(context, slice)]),
    ];
  },
};

/** The op that gives the scores, and the places in a row of its state. */
function scoreOf({ measure, ...head }: PairedAttributes) {
  const plain = { ...head, gradient: false };
  // deno-lint-ignore no-explicit-any
  const scored = (op: Op<any>, attributes: HeadAttributes, width: number) => ({ op, attributes, width });
  return measure === "log-prob" || measure === "probability"
    ? scored(targetLogProb, { ...plain, ...(measure === "probability" ? { probability: true } : {}) }, 3)
    : scored(distributionScore, { ...plain, measure } as HeadAttributes, 5);
}

/** Adds a slice's part to Σ ℓ and Σ a of each pair. */
function sumSlice(context: KernelContext<PairedAttributes>, { logits, first, count }: LogitSlice): Dispatch {
  const { inputs: [, other = null], scratch: [, state, sums] } = context;
  const { rows, stride, period } = pairsOf(context);
  const { LOGS, SHANNON } = flagsOf(context.attributes);
  return {
    kernel: kernelOf("paired_sum", [pairSource, sumSource], context.attributes),
    bindings: [logits, LOGS || SHANNON ? other : null, state, sums],
    params: [rows, first, count, stride, period, context.attributes.vocabulary],
    workgroups: grid(rows, 1),
  };
}

/** Turns a slice of logits into multipliers of these, and adds their part to those of h. */
function pullSlice(context: KernelContext<PairedAttributes>, slice: LogitSlice): Dispatch[] {
  const { logits, product, first, count } = slice;
  const { attributes, inputs: [, other = null], outputs: [, multipliers] } = context;
  const { scratch: [, state, sums] } = context;
  const { rows, stride, period } = pairsOf(context);
  const slope: Dispatch = {
    kernel: kernelOf("paired_slope", [pairSource, slopeSource], attributes),
    bindings: [logits, attributes.measure === "entropy" ? null : other, state, sums],
    params: [rows, first, count, stride, period, attributes.vocabulary],
    workgroups: grid(rows * count, 64),
  };
  const window = { column: 0, stride, accumulate: first > 0 };
  return [slope, ...transposedProduct({ ...product, rows, dy: logits, dx: multipliers }, window)];
}

function pairsOf({ attributes, inputTypes: [h, reference] }: KernelContext<PairedAttributes>) {
  const period = hasReference(attributes) ? matrix(reference satisfies ValueType).rows : 1;
  return { rows: matrix(h).rows / 2, stride: sliceOf(attributes), period };
}

function hasReference({ measure }: PairedAttributes): boolean {
  return measure === "divergence" || measure === "jensen-shannon";
}

function flagsOf({ measure }: PairedAttributes) {
  return {
    LOGS: measure === "log-prob" || measure === "probability",
    PROBABILITY: measure === "probability",
    ENTROPY: measure === "entropy",
    SHANNON: measure === "jensen-shannon",
  };
}

function kernelOf(stem: string, sources: readonly string[], attributes: PairedAttributes) {
  const { CAPPED, sources: capSources, constants } = softCapParts(attributes.softCap, "f32");
  const STATE = scoreOf(attributes).width;
  const shannon = attributes.measure === "jensen-shannon" ? [SHANNON_SOURCE] : [];
  const text = [reduceSource, ...slopeSources("f32"), ...capSources, ...shannon, ...sources];
  return specialize(stem, text, { STATE, ...constants }, { ...flagsOf(attributes), CAPPED });
}
