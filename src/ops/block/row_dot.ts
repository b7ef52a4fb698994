import source from "../../../shaders/block/row_dot.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import type { BufferRange, Dispatch } from "../../gpu/pass.ts";
import { elements, matrix, type Op, requireShape, type ValueType } from "../op.ts";
import { threadsAcross, vectorsFor } from "./vector.ts";

/** Numbers of products of rows. */
interface RowDotAttributes {
  /** G: equal parts of a row, as heads, that have a product each. Default 1. */
  readonly groups?: number;
  /** Shape of y, of as many elements. Default: one dimension. */
  readonly shape?: readonly number[];
}

/** a [M, G D], b [P, G D] with M a multiple of P → y [M G], y_mg = Σ_d a_mgd b_(m mod P),gd. */
export const rowDot: Op<RowDotAttributes> = {
  name: "rowDot",
  types({ groups: G = 1, shape }, [a, b]) {
    const fits = matrix(a).columns === matrix(b).columns && matrix(a).rows % matrix(b).rows === 0;
    requireShape(fits && matrix(a).columns % G === 0, "rowDot", `[k P, ${G} D] and [P, ${G} D]`, [a, b]);
    const y = { shape: shape ?? [matrix(a).rows * G], dtype: "f32" } as const;
    requireShape(elements(y) === matrix(a).rows * G, "rowDot", `of ${elements(y)} products`, [a, b]);
    return [y];
  },
  reference({ attributes, inputs: [a, b], inputTypes }) {
    const { rows, period, columns: D } = partsOf(attributes, inputTypes);
    const y = new Float64Array(rows);
    for (let m = 0; m < rows; m++) {
      for (let d = 0; d < D; d++) y[m] += a[m * D + d] * b[(m % period) * D + d];
    }
    return [y];
  },
  lower({ attributes, g, inputs: [a, b], inputTypes }) {
    const { period, columns } = partsOf(attributes, inputTypes);
    const periods = g.node("Reshape", [a, g.sizes(-1, period, columns)]);
    const factors = attributes.groups === undefined ? b : g.node("Reshape", [b, g.ints(-1, columns)]);
    const sums = g.node("ReduceSum", [g.node("Mul", [periods, factors]), g.ints(2)], { keepdims: 0 });
    const { shape = [-1] } = attributes;
    return [g.node("Reshape", [sums, shape.length === 1 ? g.ints(-1) : g.ints(-1, shape[shape.length - 1])])];
  },
  vjp: null,
  jvp: null,
  kernels({ attributes, inputs: [a, b], inputTypes, outputs: [y] }) {
    return [dotRows({ a, b, y }, partsOf(attributes, inputTypes))];
  },
};

/** Each part of a row as a row of its own. */
function partsOf({ groups: G = 1 }: RowDotAttributes, [a, b]: readonly ValueType[]) {
  const { rows, columns } = matrix(a);
  return { rows: rows * G, period: matrix(b).rows * G, columns: columns / G };
}

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
