import source from "../../../shaders/head/argmax.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import type { BufferRange, Dispatch } from "../../gpu/pass.ts";
import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import { ELEMENT_TYPES } from "../../onnx/onnx_model.ts";
import {
  type KernelAdapter,
  type KernelContext,
  matrix,
  type NoAttributes,
  type Op,
  requireShape,
  type ValueType,
} from "../op.ts";

/**
 * Stands for the index of a row that is not finite, whose largest value means nothing: more than any vocabulary has,
 * and an integer of 32 bits with or without a sign.
 */
export const NOT_FINITE = 2 ** 31 - 1;

/** x [R, D] → y [R]: the first index of each row's largest value, or `NOT_FINITE`. */
export const argmax: Op<NoAttributes> = {
  name: "argmax",
  types: (_attributes, [x]) => [{ shape: [matrix(x).rows], dtype: "u32" }],
  reference({ inputs: [x], inputTypes }) {
    const { rows, columns } = matrix(inputTypes[0]);
    return [Float64Array.from({ length: rows }, (_, m) => {
      const row = x.subarray(m * columns, (m + 1) * columns);
      return row.every(Number.isFinite) ? row.indexOf(row.reduce((a, b) => Math.max(a, b))) : NOT_FINITE;
    })];
  },
  lower: ({ g, inputs: [x] }) => [lowerArgmax(g, x).checked],
  vjp: null,
  jvp: null,
  scratch: (_attributes, [x], adapter) => foundScratch(x, adapter),
  kernels: (context) => launches(context, false),
};

/**
 * logits [1, V], token [1], position [1] → `argmax` of the logits [1]. Leaves that in `token` as well, in place, and
 * adds one to `position`: the inputs of the next step of one token, which can so start before the host knows of this
 * one. Where the logits are not finite, which the host then learns, `token` is any that there is.
 */
export const nextToken: Op<NoAttributes> = {
  name: "nextToken",
  types(_attributes, inputs) {
    const [x, token, position] = inputs;
    const fits = matrix(x).rows === 1 &&
      [token, position].every(({ shape, dtype }) => dtype === "u32" && shape[0] === 1);
    requireShape(fits, "nextToken", "[1, V], and ids of one token and position", inputs);
    return argmax.types({}, [x]);
  },
  reference(context) {
    const [x, token, position] = context.inputs;
    const results = argmax.reference({ ...context, inputs: [x] });
    token[0] = results[0][0] === NOT_FINITE ? 0 : results[0][0];
    position[0]++;
    return results;
  },
  lower({ g, inputs: [x, , position] }) {
    const { index, checked } = lowerArgmax(g, x);
    const one = g.node("Cast", [g.ints(1)], { to: ELEMENT_TYPES.i32 });
    g.replace(1, index);
    g.replace(2, g.node("Add", [position, one]));
    return [checked];
  },
  vjp: null,
  jvp: null,
  scratch: (_attributes, [x], adapter) => foundScratch(x, adapter),
  kernels: (context) => launches(context, true),
};

/** The index, and the same unless the row is not finite. */
function lowerArgmax(g: OnnxEmitter, x: Tensor): { readonly index: Tensor; readonly checked: Tensor } {
  const found = g.node("ArgMax", [x], { axis: 1, keepdims: 0 });
  // 0 · x is 0 for numbers, and NaN for infinities and NaN.
  const zeros = g.node("ReduceSum", [g.node("Mul", [x, g.scalar(0)]), g.ints(1)], { keepdims: 0 });
  const checked = g.node("Where", [g.node("IsNaN", [zeros]), g.int(NOT_FINITE), found]);
  const asIndex = (indices: Tensor) => g.node("Cast", [indices], { to: ELEMENT_TYPES.i32 });
  return { index: asIndex(found), checked: asIndex(checked) };
}

// Columns that a workgroup of a GPU searches, 32 loads a thread: one for a whole vocabulary would leave the GPU idle.
const PART = 2048;

/** Parts of a row that a GPU searches side by side. */
function partsOf(columns: number, { software = false }: Pick<KernelAdapter, "software">): number {
  return software ? 1 : Math.ceil(columns / PART);
}

/** Scratch for what is found in parts of rows. */
function foundScratch(x: ValueType, adapter: KernelAdapter): number[] {
  const { rows, columns } = matrix(x);
  const parts = partsOf(columns, adapter);
  return parts === 1 ? [] : [2 * rows * parts];
}

function launches(context: KernelContext<NoAttributes>, NEXT: boolean): Dispatch[] {
  const { inputs: [x, token = null, position = null], inputTypes, outputs, scratch: [found] } = context;
  const { rows, columns } = matrix(inputTypes[0]);
  const parts = partsOf(columns, context);
  const kernel = (D: number, PARTIAL: boolean) =>
    specialize("argmax", [source], { D, NEXT: NEXT && !PARTIAL, NOT_FINITE, PART }, {
      PARTIAL,
      FOUND: parts > 1 && !PARTIAL,
    });
  const last = (from: BufferRange, D: number): Dispatch => ({
    kernel: kernel(D, false),
    bindings: [from, ...outputs, token, position],
    params: [rows],
    workgroups: grid(rows, 1),
  });
  if (parts === 1) return [last(x, columns)];
  const first: Dispatch = {
    kernel: kernel(columns, true),
    bindings: [x, found, null, null],
    params: [rows],
    workgroups: grid(rows * parts, 1),
  };
  return [first, last(found, parts)];
}
