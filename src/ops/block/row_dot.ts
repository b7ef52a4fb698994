import source from "../../../shaders/block/row_dot.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import type { BufferRange, Dispatch } from "../../gpu/pass.ts";
import { matrix, type NoAttributes, type Op, requireShape } from "../op.ts";
import { threadsAcross, vectorsFor } from "./vector.ts";

/** a [M, D], b [P, D] with M a multiple of P → y [M], y_m = Σ_d a_md b_(m mod P),d. */
export const rowDot: Op<NoAttributes> = {
  name: "rowDot",
  types(_attributes, [a, b]) {
    const fits = matrix(a).columns === matrix(b).columns && matrix(a).rows % matrix(b).rows === 0;
    requireShape(fits, "rowDot", "[k P, D] and [P, D]", [a, b]);
    return [{ shape: [matrix(a).rows], dtype: "f32" }];
  },
  reference({ inputs: [a, b], inputTypes }) {
    const { rows, columns: D } = matrix(inputTypes[0]);
    const period = matrix(inputTypes[1]).rows;
    const y = new Float64Array(rows);
    for (let m = 0; m < rows; m++) {
      for (let d = 0; d < D; d++) y[m] += a[m * D + d] * b[(m % period) * D + d];
    }
    return [y];
  },
  lower({ g, inputs: [a, b], inputTypes }) {
    const { columns } = matrix(inputTypes[0]);
    const periods = g.node("Reshape", [a, g.sizes(-1, matrix(inputTypes[1]).rows, columns)]);
    const sums = g.node("ReduceSum", [g.node("Mul", [periods, b]), g.ints(2)], { keepdims: 0 });
    return [g.node("Reshape", [sums, g.ints(-1)])];
  },
  vjp: null,
  jvp: null,
  kernels({ inputs: [a, b], inputTypes, outputs: [y] }) {
    return [dotRows({ a, b, y }, { ...matrix(inputTypes[0]), period: matrix(inputTypes[1]).rows })];
  },
};

/** The launch of `rowDot`, for ops that end in one. */
export function dotRows(
  { a, b, y }: Readonly<Record<"a" | "b" | "y", BufferRange>>,
  { rows, period, columns }: Readonly<Record<"rows" | "period" | "columns", number>>,
): Dispatch {
  const ACROSS = threadsAcross(columns);
  return {
    kernel: specialize("row_dot", [vectorsFor(columns).source, source], { D: columns, ACROSS }),
    bindings: [a, b, y],
    params: [rows, period],
    workgroups: grid(rows * ACROSS, 64),
  };
}
