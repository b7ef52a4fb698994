import source from "../../../shaders/block/gather_rows.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import { elements, matrix, type NoAttributes, type Op, requireShape } from "../op.ts";
import { vectorsFor } from "./vector.ts";

/** x [R, D] or [1, R, D], rows [M] → y [M, D] or [1, M, D], y_m = x_rows(m). */
export const gatherRows: Op<NoAttributes> = {
  name: "gatherRows",
  types(_attributes, [x, rows]) {
    const [before, D] = [x.shape.slice(0, -2), x.shape[x.shape.length - 1]];
    const fits = x.shape.length >= 2 && before.every((n) => n === 1) && rows.dtype === "u32";
    requireShape(fits, "gatherRows", "[R, D] or [1, R, D], and [M]", [x, rows]);
    return [{ shape: [...before, elements(rows), D], dtype: "f32" }];
  },
  reference({ inputs: [x, rows], outputTypes: [type] }) {
    const { columns: D } = matrix(type);
    const y = new Float64Array(elements(type));
    rows.forEach((row, m) => y.set(x.subarray(row * D, (row + 1) * D), m * D));
    return [y];
  },
  lower: ({ g, inputs }) => [g.node("Gather", inputs)],
  vjp: null,
  jvp: null,
  kernels({ inputs, outputs, outputTypes: [y] }) {
    const { columns: D } = matrix(y);
    const vectors = vectorsFor(D);
    const total = elements(y) / vectors.width;
    return [{
      kernel: specialize("gather_rows", [vectors.source, source], { D }),
      bindings: [...inputs, ...outputs],
      params: [total],
      workgroups: grid(total, 64),
    }];
  },
};
