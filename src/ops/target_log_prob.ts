import forwardSource from "../../shaders/log_prob_slice.wgsl" with { type: "text" };
import gradientSource from "../../shaders/log_prob_gradient_slice.wgsl" with { type: "text" };
import { grid, specialize } from "../gpu/kernel.ts";
import type { BufferRange, Dispatch } from "../gpu/pass.ts";
import { forwardProduct, transposedProduct } from "./linear.ts";
import {
  type Differentiated,
  elements,
  type Emitter,
  type KernelContext,
  matrix,
  type Op,
  requireShape,
  type Value,
  type ValueType,
} from "./op.ts";
import type { GpuWeight, GpuWeightSegment } from "./weight.ts";

/** The head that turns hidden states into logits. */
export interface HeadAttributes {
  /** W, [V, D] */
  readonly weight: string;
  readonly vocabulary: number;
}

// Columns of logits in memory at a time. Fixed, so that the order of the reduction does not depend on the number of rows.
const SLICE = 8192;
const sliceOf = ({ vocabulary }: HeadAttributes) => Math.min(SLICE, vocabulary);

/**
 * h [.., D], targets [R] → log p(target_r | h_r), log Σ exp of the logits, 1 − p(target_r), each [R]. Never holds [R, V]. The
 * last output has the digits that 1 − exp(log p) would lose where the target is all but certain.
 */
export const targetLogProb: Op<HeadAttributes> = {
  types(_attributes, [h, targets]) {
    requireShape(matrix(h).rows === elements(targets), "targetLogProb", "[R, D] and [R]", [h, targets]);
    return Array.from({ length: 3 }, () => ({ shape: [elements(targets)], dtype: "f32" }));
  },
  reference({ attributes, inputs: [h, targets], inputTypes, weight }) {
    const { rows, columns: D } = matrix(inputTypes[0]);
    const { values } = weight(attributes.weight);
    const logProb = new Float64Array(rows);
    const lse = new Float64Array(rows);
    const miss = new Float64Array(rows);
    for (let m = 0; m < rows; m++) {
      const logits = logitsOf(h.subarray(m * D, (m + 1) * D), values);
      const top = logits.reduce((a, b) => Math.max(a, b));
      const below = logits[targets[m]] - top;
      const others = logits.reduce((sum, z, v) => v === targets[m] ? sum : sum + Math.exp(z - top), 0);
      const logSum = below === 0 ? Math.log1p(others) : Math.log(Math.exp(below) + others);
      lse[m] = top + logSum;
      logProb[m] = below - logSum;
      miss[m] = others / (Math.exp(below) + others);
    }
    return [logProb, lse, miss];
  },
  // Each row's log-prob depends on its own hidden state alone, so one gradient serves every seed and the tangent too.
  vjp: (g, node, [dy]) => [dy && g.emit("rowScale", {}, [emitGradient(g, node), dy])[0], null],
  jvp: (g, node, [th]) => [th && g.emit("rowDot", {}, [emitGradient(g, node), th])[0], null, null],
  scratch: (attributes, [h]) => [matrix(h).rows * sliceOf(attributes), matrix(h).rows * 3],
  kernels(context) {
    const { attributes, inputs: [, targets], inputTypes, outputs, scratch: [logits, state] } = context;
    const { rows } = matrix(inputTypes[0]);
    const kernel = specialize("log_prob_slice", [forwardSource], {});
    return logitSlices(context).flatMap(({ dispatches, first, count }) => [...dispatches, {
      kernel,
      bindings: [logits, targets, state, ...outputs],
      params: [rows, first, count, sliceOf(attributes), first + count === attributes.vocabulary ? 1 : 0],
      workgroups: grid(rows, 1),
    }]);
  },
};

function emitGradient(
  g: Emitter,
  { attributes, inputs: [h, targets], outputs: [, lse, miss] }: Differentiated<HeadAttributes>,
): Value {
  return g.emit("targetLogProbGradient", { ...attributes }, [h, targets, lse, miss])[0];
}

/** h [.., D], targets, lse, 1 − p(target) [R] → ∂ log p(target_r) / ∂ h_r [.., D] = Σ_v (1[v = target] − p_v) W_v. */
export const targetLogProbGradient: Op<HeadAttributes> = {
  types: (_attributes, [h]) => [{ shape: h.shape, dtype: "f32" }],
  reference({ attributes, inputs: [h, targets, lse, miss], inputTypes, weight }) {
    const { rows, columns: D } = matrix(inputTypes[0]);
    const { values } = weight(attributes.weight);
    const dh = new Float64Array(rows * D);
    for (let m = 0; m < rows; m++) {
      const logits = logitsOf(h.subarray(m * D, (m + 1) * D), values);
      logits.forEach((z, v) => {
        const slope = v === targets[m] ? miss[m] : -Math.exp(z - lse[m]);
        for (let d = 0; d < D; d++) dh[m * D + d] += slope * values[v * D + d];
      });
    }
    return [dh];
  },
  vjp: null,
  jvp: null,
  scratch: (attributes, [h]) => [matrix(h).rows * sliceOf(attributes)],
  kernels(context) {
    const { attributes, inputs: [, ...perRow], inputTypes, outputs: [dh], scratch: [logits], subgroups, tuning } =
      context;
    const stride = sliceOf(attributes);
    const { rows } = matrix(inputTypes[0]);
    const kernel = specialize("log_prob_gradient_slice", [gradientSource], {});
    return logitSlices(context).flatMap((slice) => {
      const { dispatches, first, count } = slice;
      const slope = {
        kernel,
        bindings: [...perRow, logits],
        params: [rows, first, count, stride],
        workgroups: grid(rows * count, 64),
      };
      const product = { ...slice, dy: logits, dx: dh, rows, subgroups, tuning };
      const back = transposedProduct(product, { column: 0, stride, accumulate: first > 0 });
      return [...dispatches, slope, ...back];
    });
  },
};

/** One slice of the vocabulary: the launches that put its logits into scratch, and where it lies in the weight. */
interface LogitSlice {
  readonly dispatches: Dispatch[];
  readonly w: GpuWeight;
  readonly segment: GpuWeightSegment;
  readonly weightRow: number;
  /** Vocabulary index of the first column. */
  readonly first: number;
  readonly count: number;
}

function logitSlices(
  { attributes, inputs, inputTypes, scratch, weight, subgroups, tuning }: KernelContext<HeadAttributes>,
) {
  const { rows } = matrix(inputTypes[0] satisfies ValueType);
  const x: BufferRange = inputs[0];
  const w = weight(attributes.weight);
  const slices: LogitSlice[] = [];
  for (const segment of w.segments) {
    for (let weightRow = 0; weightRow < segment.rows; weightRow += SLICE) {
      const count = Math.min(SLICE, segment.rows - weightRow);
      const product = { x, w, segment, weightRow, count, bias: null, y: scratch[0], rows, subgroups, tuning };
      const dispatches = forwardProduct(product, { column: 0, stride: sliceOf(attributes) });
      slices.push({ dispatches, w, segment, weightRow, first: segment.rowStart + weightRow, count });
    }
  }
  return slices;
}

function logitsOf(h: Float64Array, values: Float32Array): Float64Array {
  const D = h.length;
  return Float64Array.from({ length: values.length / D }, (_, v) => {
    let sum = 0;
    for (let d = 0; d < D; d++) sum += h[d] * values[v * D + d];
    return sum;
  });
}
