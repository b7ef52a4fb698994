import reduceSource from "../../../shaders/block/row_reduce.wgsl" with { type: "text" };
import sliceSource from "../../../shaders/head/distribution_slice.wgsl" with { type: "text" };
import slopeSource from "../../../shaders/head/distribution_slope.wgsl" with { type: "text" };
import shannonSource from "../../../shaders/head/shannon_slice.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import type { Dispatch } from "../../gpu/pass.ts";
import type { Tensor } from "../../onnx/lowering.ts";
import { type KernelContext, matrix, type Op, requireShape, type ValueType } from "../op.ts";
import { transposedProduct } from "../product/product.ts";
import {
  type HeadAttributes,
  keptLogits,
  type LogitSlice,
  logitSlices,
  logitsOf,
  pulledScratch,
  sliceOf,
} from "./logit_slices.ts";
import { logitElements, lowerByRows, rowSum, vector } from "./lowered_logits.ts";
import { rowScoreRules, rowScoreTypes } from "./row_scores.ts";
import { lowerLogToMean, lowerShannonParts, shannonOf, shannonSources } from "./shannon.ts";
import { softCapOf, softCapParts } from "./soft_cap.ts";

/** The head, and the measure of its distribution. */
interface DistributionAttributes extends HeadAttributes {
  readonly measure: "entropy" | "divergence" | "jensen-shannon";
}

/** Numbers kept of a row's distribution between the slices. */
const STATE = 5;

/**
 * Of p = softmax(W h): the entropy −Σ p log p [R] of h [.., D]; or, from h [.., D] and reference logits [P, V], the
 * divergence Σ p⁰ log(p⁰ / p) [R] from p⁰ = softmax(reference), row r's being r mod P; or from the same the
 * Jensen–Shannon divergence Σ p log(p / m) / 2 + p⁰ log(p⁰ / m) / 2 of m = (p + p⁰) / 2. If `gradient` is set also ∂ /
 * ∂ h [.., D] = Σ_v s_v W_v, with s = −p (log p + entropy), p − p⁰ or p (log(p / m) − Σ p log(p / m)) / 2, times the
 * slope of the head's soft-cap if it has one; reference logits are taken as they are.
 *
 * The vocabulary passes in slices: once for the scores, which of Jensen and Shannon's need the sums of whole rows and
 * so a second time, and once more for the gradient, as s depends on all of them.
 */
export const distributionScore: Op<DistributionAttributes> = {
  name: "distributionScore",
  recompute: { kept: true },
  types(attributes, [h, reference = null]) {
    if (attributes.measure !== "entropy") {
      const fits = reference !== null && matrix(reference).columns === attributes.vocabulary &&
        matrix(h).rows % matrix(reference).rows === 0;
      const given = reference === null ? [h] : [h, reference];
      requireShape(fits, "distributionScore", `[k P, D] and [P, ${attributes.vocabulary}]`, given);
    }
    return rowScoreTypes(h, attributes);
  },
  reference({ attributes, inputs: [h, reference = null], inputTypes, weight }) {
    const { weight: name, measure, gradient, softCap } = attributes;
    const { rows, columns: D } = matrix(inputTypes[0]);
    const { values } = weight(name);
    const cap = softCapOf(softCap);
    const V = values.length / D;
    const score = new Float64Array(rows);
    const directions = new Float64Array(rows * D);
    for (let m = 0; m < rows; m++) {
      const logits = logitsOf(h.subarray(m * D, (m + 1) * D), values, attributes);
      const start = reference === null ? 0 : m * V % reference.length;
      const scored = measure === "entropy"
        ? entropyOf(logits)
        : MEASURES[measure](logProbabilities(logits), logProbabilities(reference!.subarray(start, start + V)));
      score[m] = scored.value;
      if (!gradient) continue;
      scored.slopes.forEach((free, v) => {
        const slope = free * cap.slope(logits[v]);
        for (let d = 0; d < D; d++) directions[m * D + d] += slope * values[v * D + d];
      });
    }
    return gradient ? [score, directions] : [score];
  },
  lower(context) {
    const { attributes: { gradient, measure }, g, inputs: [, reference = null], inputTypes } = context;
    const logs = (z: Tensor) => g.node("LogSoftmax", [z], { axis: -1 });
    return lowerByRows(context, ({ first, count, logits, pull }) => {
      const own = logs(logits);
      const p = g.node("Exp", [own]);
      if (reference === null || measure === "entropy") {
        const negative = rowSum(g, g.node("Mul", [p, own]));
        const score = g.node("Neg", [negative]);
        if (!gradient) return [vector(g, score)];
        const slopes = g.node("Mul", [g.node("Neg", [p]), g.node("Sub", [own, negative])]);
        return [vector(g, score), pull(slopes)];
      }
      const periods = g.node("Range", [g.size(first), g.size(first + count), g.int(1)]);
      const rows = g.node("Mod", [periods, g.size(matrix(inputTypes[1]).rows)]);
      const others = logs(g.node("Gather", [reference, rows]));
      const q = g.node("Exp", [others]);
      if (measure === "jensen-shannon") {
        const score = vector(g, rowSum(g, lowerShannonParts(g, { logs: [own, others], values: [p, q] })));
        if (!gradient) return [score];
        const free = g.node("Mul", [lowerLogToMean(g, g.node("Sub", [own, others])), g.scalar(0.5)]);
        const mean = rowSum(g, g.node("Mul", [p, free]));
        return [score, pull(g.node("Mul", [p, g.node("Sub", [free, mean])]))];
      }
      const score = rowSum(g, g.node("Mul", [q, g.node("Sub", [others, own])]));
      return gradient ? [vector(g, score), pull(g.node("Sub", [p, q]))] : [vector(g, score)];
    });
  },
  loweredScratch: (attributes, [h]) =>
    (attributes.measure === "jensen-shannon" ? 8 : 5) * logitElements(attributes, matrix(h).rows),
  ...rowScoreRules("distributionScore"),
  scratch: (attributes, [h], adapter) => [
    ...[logitsOfPasses(attributes, matrix(h).rows), matrix(h).rows * STATE],
    ...pulledScratch(attributes, h, adapter),
  ],
  kernels(context) {
    const { attributes, inputs: [, reference = null], outputs, scratch: [, state] } = context;
    const [score, gradient = null] = outputs;
    const slices = logitSlices(context);
    const { rows, period, stride, DIVERGENCE } = sizesOf(context);
    const kernel = specialize("distribution_slice", [reduceSource, sliceSource], {}, { DIVERGENCE });
    const folds = slices.flatMap(({ dispatches, logits, first, count }) => {
      const last = first + count === attributes.vocabulary ? 1 : 0;
      return [...dispatches, {
        kernel,
        bindings: [logits, reference, state, score],
        params: [rows, first, count, stride, last, period, attributes.vocabulary],
        workgroups: grid(rows, 1),
      }];
    });
    const scores = attributes.measure === "jensen-shannon"
      ? slices.flatMap((slice) => [...slice.again, shannonSlice(context, slice)])
      : [];
    if (gradient === null) return [...folds, ...scores];
    return [...folds, ...scores, ...slices.flatMap((slice) => [...slice.again, ...pullSlice(context, slice)])];
  },
};

/** Elements of scratch for the logits, of which the entropy's and divergence's scores alone take one pass. */
function logitsOfPasses(attributes: DistributionAttributes, rows: number): number {
  const once = !attributes.gradient && attributes.measure !== "jensen-shannon";
  return once ? rows * sliceOf(attributes) : keptLogits(attributes, rows);
}

/** Adds a slice of logits to the Jensen–Shannon divergence, of rows whose sums are known. */
function shannonSlice(
  context: KernelContext<DistributionAttributes>,
  { logits, first, count }: LogitSlice,
): Dispatch {
  const { attributes, inputs: [, reference], outputs: [score], scratch: [, state] } = context;
  const { rows, period, stride } = sizesOf(context);
  return {
    kernel: specialize("shannon_slice", [reduceSource, ...shannonSources(), shannonSource], {}),
    bindings: [logits, reference, state, score],
    params: [rows, first, count, stride, period, attributes.vocabulary],
    workgroups: grid(rows, 1),
  };
}

/** Computes the slopes of a slice of logits, and adds their share to the gradient. */
function pullSlice(
  context: KernelContext<DistributionAttributes>,
  { logits, product, first, count }: LogitSlice,
): Dispatch[] {
  const { attributes, inputs: [, reference = null], outputs: [, gradient], scratch: [, state, parts] } = context;
  const { rows, period, stride, DIVERGENCE } = sizesOf(context);
  const { CAPPED, sources, constants } = softCapParts(attributes.softCap, "f32");
  const SHANNON = attributes.measure === "jensen-shannon";
  const library = SHANNON ? [reduceSource, ...shannonSources()] : [];
  const text = [...sources, ...library, slopeSource];
  const slope: Dispatch = {
    kernel: specialize("distribution_slope", text, constants, { DIVERGENCE, SHANNON, CAPPED }),
    bindings: [logits, reference, state],
    params: [rows, first, count, stride, period, attributes.vocabulary],
    workgroups: grid(rows * count, 64),
  };
  const window = { column: 0, stride, accumulate: first > 0 };
  return [slope, ...transposedProduct({ ...product, parts, dy: logits, dx: gradient }, window)];
}

function sizesOf({ attributes, inputTypes: [h, reference = h] }: KernelContext<DistributionAttributes>) {
  const { rows } = matrix(h);
  const period = matrix(reference satisfies ValueType).rows;
  return { rows, period, stride: sliceOf(attributes), DIVERGENCE: attributes.measure !== "entropy" };
}

function entropyOf(logits: Float64Array): { value: number; slopes: Float64Array } {
  const logs = logProbabilities(logits);
  const value = logs.reduce((sum, log) => sum - Math.exp(log) * log, 0);
  return { value, slopes: logs.map((log) => -Math.exp(log) * (log + value)) };
}

/** Measures of a distribution and of the reference's, from their logarithms. */
const MEASURES = { divergence: divergenceOf, "jensen-shannon": shannonOf };

function divergenceOf(logs: Float64Array, others: Float64Array): { value: number; slopes: Float64Array } {
  const value = others.reduce((sum, log, v) => sum + Math.exp(log) * (log - logs[v]), 0);
  return { value, slopes: logs.map((log, v) => Math.exp(log) - Math.exp(others[v])) };
}

function logProbabilities(logits: Float64Array): Float64Array {
  const top = logits.reduce((a, b) => Math.max(a, b));
  const total = Math.log(logits.reduce((sum, z) => sum + Math.exp(z - top), 0));
  return logits.map((z) => z - top - total);
}
