import reduceSource from "../../../shaders/block/row_reduce.wgsl" with { type: "text" };
import sliceSource from "../../../shaders/head/log_prob_slice.wgsl" with { type: "text" };
import targetSource from "../../../shaders/head/target_gradient.wgsl" with { type: "text" };
import { grid, type Kernel, specialize } from "../../gpu/kernel.ts";
import { type BufferRange, type Dispatch, touchWork } from "../../gpu/pass.ts";
import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import { FORMATS } from "../formats/format_table.ts";
import { weightBindings } from "../formats/weight.ts";
import { elements, type KernelContext, matrix, type Op, requireShape } from "../op.ts";
import { transposedProduct } from "../product/product.ts";
import { type HeadAttributes, logitSlices, logitsOf, pulledScratch, sliceOf } from "./logit_slices.ts";
import { column, logitElements, lowerByRows, rowSum, vector } from "./lowered_logits.ts";
import { rowScoreRules, rowScoreTypes } from "./row_scores.ts";
import { softCapOf, softCapParts } from "./soft_cap.ts";

/** The head, and the scale of its scores. */
interface TargetAttributes extends HeadAttributes {
  /** True if the scores are probabilities and not their logarithms. Default false. */
  readonly probability?: boolean;
}

/**
 * h [.., D], targets [R] → log p(target_r | h_r) [R] and, if `gradient` is set, ∂ log p(target_r) / ∂ h_r [.., D] =
 * Σ_v (1[v = target] − p_v) s_v W_v, s_v the slope of the head's soft-cap or 1; with `probability` p(target_r | h_r)
 * and ∂ p / ∂ h = p ∂ log p / ∂ h. One pass over the vocabulary in slices, never holding [R, V]; without the gradient
 * the op cannot be differentiated.
 */
export const targetLogProb: Op<TargetAttributes> = {
  name: "targetLogProb",
  recompute: { kept: true },
  types(attributes, [h, targets]) {
    requireShape(matrix(h).rows === elements(targets), "targetLogProb", "[R, D] and [R]", [h, targets]);
    return rowScoreTypes(h, attributes);
  },
  reference({ attributes, inputs: [h, targets], inputTypes, weight }) {
    const { rows, columns: D } = matrix(inputTypes[0]);
    const { values } = weight(attributes.weight);
    const cap = softCapOf(attributes.softCap);
    const score = new Float64Array(rows);
    const gradient = new Float64Array(rows * D);
    for (let m = 0; m < rows; m++) {
      const logits = logitsOf(h.subarray(m * D, (m + 1) * D), values, attributes);
      const top = logits.reduce((a, b) => Math.max(a, b));
      const below = logits[targets[m]] - top;
      const others = logits.reduce((sum, z, v) => v === targets[m] ? sum : sum + Math.exp(z - top), 0);
      const total = Math.exp(below) + others;
      const logProb = below - (below === 0 ? Math.log1p(others) : Math.log(total));
      score[m] = attributes.probability ? Math.exp(logProb) : logProb;
      if (!attributes.gradient) continue;
      const scale = (attributes.probability ? score[m] : 1) / total;
      logits.forEach((z, v) => {
        // The sum of the others has the digits that 1 − p would lose if the target is all but certain.
        const slope = (v === targets[m] ? others : -Math.exp(z - top)) * scale * cap.slope(z);
        for (let d = 0; d < D; d++) gradient[m * D + d] += slope * values[v * D + d];
      });
    }
    return attributes.gradient ? [score, gradient] : [score];
  },
  lower(context) {
    const { attributes: { gradient, probability = false }, g, inputs: [, targets] } = context;
    return lowerByRows(context, ({ logits, pull, rowsOf }) => {
      const ids = column(g, rowsOf(targets));
      const { logProb, rest, others, total } = lowerLogProb(g, logits, ids);
      const score = probability ? g.node("Exp", [logProb]) : logProb;
      if (!gradient) return [vector(g, score)];
      const scale = g.node("Div", [probability ? score : g.scalar(1), total]);
      const slopes = g.node("ScatterElements", [rest, ids, g.node("Neg", [others])], { axis: 1 });
      return [vector(g, score), g.node("Mul", [pull(slopes), g.node("Neg", [scale])])];
    });
  },
  loweredScratch: (attributes, [h]) => 3 * logitElements(attributes, matrix(h).rows),
  ...rowScoreRules("targetLogProb"),
  scratch: (attributes, [h], adapter) => [
    ...[matrix(h).rows * sliceOf(attributes), matrix(h).rows * 3],
    ...pulledScratch(attributes, h, adapter),
  ],
  kernels(context) {
    const { attributes, inputs: [, targets], inputTypes, outputs, scratch: [, state, parts] } = context;
    const { rows, columns: D } = matrix(inputTypes[0]);
    const stride = sliceOf(attributes);
    const [score, gradient = null] = outputs;
    const kernel = sliceKernel(gradient !== null, attributes);
    const passes = logitSlices(context).flatMap(({ dispatches, logits, product, first, count }) => {
      const last = first + count === attributes.vocabulary ? 1 : 0;
      const fold: Dispatch = {
        kernel,
        bindings: [logits, targets, state, score, gradient],
        params: [rows, first, count, stride, last, D],
        workgroups: grid(rows, 1),
      };
      if (gradient === null) return [...dispatches, fold];
      const window = { column: 0, stride, accumulate: first > 0 };
      return [...dispatches, fold, ...transposedProduct({ ...product, parts, dy: logits, dx: gradient }, window)];
    });
    return gradient === null ? passes : [...passes, ...targetRows(context, state, gradient)];
  },
};

/** The parts of log p(id) of logits [n, V] and ids [n, 1]. */
interface LoweredLogProb {
  /** The largest logit, [n, 1]. */
  readonly top: Tensor;
  /** exp(z − top), and the same with 0 at the ids. */
  readonly weights: Tensor;
  readonly rest: Tensor;
  /** Σ of `rest`, and of `weights`, [n, 1]. */
  readonly others: Tensor;
  readonly total: Tensor;
  /** [n, 1] */
  readonly logProb: Tensor;
}

/** Log-probabilities of ids. */
export function lowerLogProb(g: OnnxEmitter, logits: Tensor, ids: Tensor): LoweredLogProb {
  const top = g.node("ReduceMax", [logits, g.ints(-1)]);
  const below = g.node("Sub", [g.node("GatherElements", [logits, ids], { axis: 1 }), top]);
  const weights = g.node("Exp", [g.node("Sub", [logits, top])]);
  const own = g.node("Exp", [below]);
  // The others are summed without the target, whose weight would take their last digits if it is all but certain.
  const rest = g.node("ScatterElements", [weights, ids, g.node("Mul", [own, g.scalar(0)])], { axis: 1 });
  const others = rowSum(g, rest);
  const total = g.node("Add", [own, others]);
  const logProb = g.node("Sub", [below, lowerLogTotal(g, own, others, total)]);
  return { top, weights, rest, others, total, logProb };
}

/** log(own + others); log1p(others) where own is 1, by log(u) · others / (u − 1) of u = 1 + others (Kahan). */
function lowerLogTotal(g: OnnxEmitter, own: Tensor, others: Tensor, total: Tensor): Tensor {
  const one = g.scalar(1);
  const log = g.node("Log", [total]);
  const excess = g.node("Sub", [total, one]);
  const certain = g.node("Equal", [own, one]);
  // As 1 + others is rounded, others / excess mends the logarithm of the rounded sum; it is others itself at 1.
  const exact = g.node("Equal", [excess, g.scalar(0)]);
  const mended = g.node("Mul", [log, g.node("Div", [others, g.node("Where", [exact, one, excess])])]);
  return g.node("Where", [certain, g.node("Where", [exact, others, mended]), log]);
}

function sliceKernel(GRADIENT: boolean, { probability: PROBABILITY = false, softCap }: TargetAttributes): Kernel {
  const { CAPPED, sources, constants } = softCapParts(softCap, "f32");
  const shape = { GRADIENT, PROBABILITY, ...constants };
  return specialize("log_prob_slice", [...sources, reduceSource, sliceSource], shape, { CAPPED });
}

/** The last step of the gradient, for each segment of the head. */
function targetRows(
  { attributes, inputs: [, targets], inputTypes, weight }: KernelContext<TargetAttributes>,
  state: BufferRange,
  gradient: BufferRange,
): Dispatch[] {
  const { rows, columns: D } = matrix(inputTypes[0]);
  const { CAPPED, sources, constants } = softCapParts(attributes.softCap, "f32");
  const text = { PROBABILITY: attributes.probability ?? false, CAPPED };
  return weight(attributes.weight).segments.map((segment) => ({
    kernel: specialize(
      "target_gradient",
      [...FORMATS[segment.format].readers.element, ...sources, targetSource],
      constants,
      text,
    ),
    bindings: [targets, ...weightBindings(segment), state, gradient],
    params: [rows, segment.rowStart, segment.rows, D],
    workgroups: grid(rows * D, 64),
    // It reads the targets' rows alone of the whole head.
    work: touchWork(3 * rows * D),
  }));
}
