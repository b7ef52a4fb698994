import source from "../../../shaders/block/path.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import { elements, type NoAttributes, type Op, requireShape } from "../op.ts";
import { vectorsFor } from "./vector.ts";

/** start, end [S, D], alpha [B] → x [B, S, D], x = (1 − α) start + α end: the straight path, exact at both ends. */
export const path: Op<NoAttributes> = {
  name: "path",
  recompute: { kept: true },
  types(_attributes, [start, end, alpha]) {
    const fits = start.shape.length === 2 && String(start.shape) === String(end.shape) && alpha.shape.length === 1;
    requireShape(fits, "path", "[S, D], [S, D] and [B]", [start, end, alpha]);
    return [{ shape: [alpha.shape[0], ...start.shape], dtype: "f32" }];
  },
  reference({ inputs: [start, end, alpha], outputTypes: [type] }) {
    const x = new Float64Array(elements(type));
    alpha.forEach((a, b) => {
      for (let i = 0; i < start.length; i++) x[b * start.length + i] = (1 - a) * start[i] + a * end[i];
    });
    return [x];
  },
  lower({ g, inputs: [start, end, alpha], inputTypes: [{ shape: [, D] }] }) {
    const ahead = g.node("Reshape", [alpha, g.ints(-1, 1, 1)]);
    const behind = g.node("Sub", [g.scalar(1), ahead]);
    const x = g.node("Add", [g.node("Mul", [behind, start]), g.node("Mul", [ahead, end])]);
    return [g.node("Reshape", [x, g.ints(-1, D)])];
  },
  // Walks end and tangents start at the path points.
  vjp: null,
  jvp: null,
  kernels({ inputs, inputTypes, outputs }) {
    const vectors = vectorsFor(elements(inputTypes[0]));
    const size = elements(inputTypes[0]) / vectors.width;
    const [x, y] = grid(size, 64);
    return [{
      kernel: specialize("path", [vectors.source, source], {}),
      bindings: [...inputs, ...outputs],
      params: [size],
      workgroups: [x, y, inputTypes[2].shape[0]],
    }];
  },
};
