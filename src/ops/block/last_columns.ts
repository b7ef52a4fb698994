import source from "../../../shaders/block/last_columns.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import { elements, matrix, type Op, requireShape } from "../op.ts";
import { vectorsFor } from "./vector.ts";

/** x [.., C] → y [.., count], the last `count` columns. */
export const lastColumns: Op<{ readonly count: number }> = {
  name: "lastColumns",
  types({ count }, [x]) {
    requireShape(matrix(x).columns >= count, "lastColumns", `[.., ≥ ${count}]`, [x]);
    return [{ shape: [...x.shape.slice(0, -1), count], dtype: "f32" }];
  },
  reference({ attributes: { count }, inputs: [x], inputTypes }) {
    const { columns } = matrix(inputTypes[0]);
    return [x.filter((_, i) => i % columns >= columns - count)];
  },
  lower({ attributes: { count }, g, inputs: [x], inputTypes }) {
    const { columns } = matrix(inputTypes[0]);
    return [g.node("Slice", [x, g.ints(columns - count), g.ints(columns), g.ints(1)])];
  },
  vjp: null,
  jvp: null,
  kernels({ attributes: { count }, inputs, inputTypes, outputs, outputTypes: [y] }) {
    const { columns } = matrix(inputTypes[0]);
    const vectors = vectorsFor(count, columns);
    const total = elements(y) / vectors.width;
    return [{
      kernel: specialize("last_columns", [vectors.source, source], { COLUMNS: columns, COUNT: count }),
      bindings: [...inputs, ...outputs],
      params: [total],
      workgroups: grid(total, 64),
    }];
  },
};
