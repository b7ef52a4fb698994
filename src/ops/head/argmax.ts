import source from "../../../shaders/head/argmax.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import type { Dispatch } from "../../gpu/pass.ts";
import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import { ELEMENT_TYPES } from "../../onnx/onnx_model.ts";
import { type KernelContext, matrix, type NoAttributes, type Op, requireShape } from "../op.ts";

/** x [R, D] → y [R]: the first index of each row's largest value. */
export const argmax: Op<NoAttributes> = {
  name: "argmax",
  types: (_attributes, [x]) => [{ shape: [matrix(x).rows], dtype: "u32" }],
  reference({ inputs: [x], inputTypes }) {
    const { rows, columns } = matrix(inputTypes[0]);
    return [Float64Array.from({ length: rows }, (_, m) => {
      const row = x.subarray(m * columns, (m + 1) * columns);
      return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
    })];
  },
  lower: ({ g, inputs: [x] }) => [lowerArgmax(g, x)],
  vjp: null,
  jvp: null,
  kernels: (context) => [launch(context, false)],
};

/**
 * logits [1, V], token [1], position [1] → `argmax` of the logits [1]. Leaves that in `token` as well, in place, and
 * adds one to `position`: the inputs of the next step of one token, which can so start before the host knows of this
 * one.
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
    token[0] = results[0][0];
    position[0]++;
    return results;
  },
  lower({ g, inputs: [x, , position] }) {
    const token = lowerArgmax(g, x);
    const one = g.node("Cast", [g.ints(1)], { to: ELEMENT_TYPES.i32 });
    g.replace(1, token);
    g.replace(2, g.node("Add", [position, one]));
    return [token];
  },
  vjp: null,
  jvp: null,
  kernels: (context) => [launch(context, true)],
};

function lowerArgmax(g: OnnxEmitter, x: Tensor): Tensor {
  return g.node("Cast", [g.node("ArgMax", [x], { axis: 1, keepdims: 0 })], { to: ELEMENT_TYPES.i32 });
}

function launch(context: KernelContext<NoAttributes>, NEXT: boolean): Dispatch {
  const { inputs: [x, token = null, position = null], inputTypes, outputs } = context;
  const { rows, columns } = matrix(inputTypes[0]);
  return {
    kernel: specialize("argmax", [source], { D: columns, NEXT }),
    bindings: [x, ...outputs, token, position],
    params: [rows],
    workgroups: grid(rows, 1),
  };
}
