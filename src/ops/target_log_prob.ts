import sliceSource from "../../shaders/log_prob_slice.wgsl" with { type: "text" };
import targetSource from "../../shaders/target_gradient.wgsl" with { type: "text" };
import { grid, type Kernel, specialize } from "../gpu/kernel.ts";
import type { BufferRange, Dispatch } from "../gpu/pass.ts";
import { cutLike } from "./cut.ts";
import {
  type Differentiated,
  elements,
  type KernelContext,
  matrix,
  type Op,
  requireShape,
  type Value,
  type ValueType,
} from "./op.ts";
import { elementSources, forwardProduct, type Product, transposedProduct, weightBindings } from "./product.ts";
import { unroll } from "./product_unroll.ts";

/** The head that turns hidden states into logits. */
export interface HeadAttributes {
  /** W, [V, D] */
  readonly weight: string;
  readonly vocabulary: number;
  /** Whether the gradient is computed too. */
  readonly gradient: boolean;
}

// Columns of logits in memory at a time. Fixed, so that the order of the reduction does not depend on the number of rows.
const SLICE = 8192;
const sliceOf = ({ vocabulary }: HeadAttributes) => Math.min(SLICE, vocabulary);

/**
 * h [.., D], targets [R] → log p(target_r | h_r) [R] and, where `gradient` is set, ∂ log p(target_r) / ∂ h_r [.., D] =
 * Σ_v (1[v = target] − p_v) W_v. One pass over the vocabulary in slices, never holding [R, V]; without the gradient the op
 * cannot be differentiated.
 */
export const targetLogProb: Op<HeadAttributes> = {
  types({ gradient }, [h, targets]) {
    requireShape(matrix(h).rows === elements(targets), "targetLogProb", "[R, D] and [R]", [h, targets]);
    const logProb: ValueType = { shape: [elements(targets)], dtype: "f32" };
    return gradient ? [logProb, { shape: h.shape, dtype: "f32" }] : [logProb];
  },
  reference({ attributes, inputs: [h, targets], inputTypes, weight }) {
    const { rows, columns: D } = matrix(inputTypes[0]);
    const { values } = weight(attributes.weight);
    const logProb = new Float64Array(rows);
    const gradient = new Float64Array(rows * D);
    for (let m = 0; m < rows; m++) {
      const logits = logitsOf(h.subarray(m * D, (m + 1) * D), values);
      const top = logits.reduce((a, b) => Math.max(a, b));
      const below = logits[targets[m]] - top;
      const others = logits.reduce((sum, z, v) => v === targets[m] ? sum : sum + Math.exp(z - top), 0);
      const total = Math.exp(below) + others;
      logProb[m] = below - (below === 0 ? Math.log1p(others) : Math.log(total));
      if (!attributes.gradient) continue;
      logits.forEach((z, v) => {
        // The sum of the others has the digits that 1 − p would lose where the target is all but certain.
        const slope = (v === targets[m] ? others : -Math.exp(z - top)) / total;
        for (let d = 0; d < D; d++) gradient[m * D + d] += slope * values[v * D + d];
      });
    }
    return attributes.gradient ? [logProb, gradient] : [logProb];
  },
  // Each row's log-prob depends on its own hidden state alone, so one gradient serves every seed and the tangent too.
  vjp(g, node, [dy]) {
    if (dy === null) return [null, null];
    const gradient = gradientOf(node);
    // Of log-probs [B T] a cotangent has the first n of each sequence, [B n].
    const [B, , D] = gradient.shape;
    const given = gradient.shape.length === 3 ? { ...gradient, shape: [B, elements(dy) / B, D] } : gradient;
    return [g.emit("rowScale", {}, [cutLike(g, gradient, given), dy])[0], null];
  },
  jvp: (g, node, [th]) => [th && g.emit("rowDot", {}, [gradientOf(node), th])[0], null],
  scratch: (attributes, [h]) => [matrix(h).rows * sliceOf(attributes), matrix(h).rows * 3],
  kernels(context) {
    const { attributes, inputs: [, targets], inputTypes, outputs, scratch: [logits, state] } = context;
    const { rows, columns: D } = matrix(inputTypes[0]);
    const stride = sliceOf(attributes);
    const [logProb, gradient = null] = outputs;
    const kernel = sliceKernel(gradient !== null);
    const passes = logitSlices(context).flatMap(({ dispatches, product, first, count }) => {
      const last = first + count === attributes.vocabulary ? 1 : 0;
      const fold: Dispatch = {
        kernel,
        bindings: [logits, targets, state, logProb, gradient],
        params: [rows, first, count, stride, last, D],
        workgroups: grid(rows, 1),
      };
      if (gradient === null) return [...dispatches, fold];
      const window = { column: 0, stride, accumulate: first > 0 };
      return [...dispatches, fold, ...transposedProduct({ ...product, dy: logits, dx: gradient }, window)];
    });
    return gradient === null ? passes : [...passes, ...targetRows(context, state, gradient)];
  },
};

function sliceKernel(GRADIENT: boolean): Kernel {
  return specialize("log_prob_slice", [unroll(sliceSource, { GRADIENT })], { GRADIENT });
}

/** The last step of the gradient, for each segment of the head. */
function targetRows(
  { attributes, inputs: [, targets], inputTypes, weight }: KernelContext<HeadAttributes>,
  state: BufferRange,
  gradient: BufferRange,
): Dispatch[] {
  const { rows, columns: D } = matrix(inputTypes[0]);
  return weight(attributes.weight).segments.map((segment) => ({
    kernel: specialize("target_gradient", [...elementSources(segment.format), targetSource], {}),
    bindings: [targets, ...weightBindings(segment), state, gradient],
    params: [rows, segment.rowStart, segment.rows, D],
    workgroups: grid(rows * D, 64),
  }));
}

function gradientOf({ outputs: [, gradient] }: Differentiated<HeadAttributes>): Value {
  if (gradient === undefined) {
    throw new TypeError("Cannot differentiate targetLogProb as it must compute its gradient: got gradient false");
  }
  return gradient;
}

/** One slice of the vocabulary: the launches that put its logits into scratch, and where it lies in the weight. */
interface LogitSlice {
  readonly dispatches: Dispatch[];
  readonly product: Product;
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
  const stride = sliceOf(attributes);
  const slices: LogitSlice[] = [];
  for (const segment of w.segments) {
    for (let weightRow = 0; weightRow < segment.rows; weightRow += SLICE) {
      const count = Math.min(SLICE, segment.rows - weightRow);
      const product = { w, segment, weightRow, count, rows, subgroups, tuning };
      const dispatches = forwardProduct({ ...product, x, added: null, y: scratch[0] }, { column: 0, stride });
      slices.push({ dispatches, product, first: segment.rowStart + weightRow, count });
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
