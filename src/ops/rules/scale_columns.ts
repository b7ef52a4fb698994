import source from "../../../shaders/rules/scale_columns.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import { elements, matrix, type Op, requireShape } from "../op.ts";

/** Factors of the first columns and of the others. */
interface ColumnFactors {
  /** Number of the first columns. */
  readonly front: number;
  readonly factors: readonly [front: number, rest: number];
}

/** x [.., C] → y [.., C], columns multiplied by the factor of their part. */
export const scaleColumns: Op<ColumnFactors> = {
  name: "scaleColumns",
  types({ front }, [x]) {
    requireShape(matrix(x).columns >= front, "scaleColumns", `[.., ≥ ${front}]`, [x]);
    return [{ shape: x.shape, dtype: "f32" }];
  },
  reference({ attributes: { front, factors: [first, rest] }, inputs: [x], inputTypes }) {
    const { columns } = matrix(inputTypes[0]);
    return [x.map((value, i) => value * (i % columns < front ? first : rest))];
  },
  lower({ attributes: { front, factors: [first, rest] }, g, inputs: [x], inputTypes }) {
    const { columns } = matrix(inputTypes[0]);
    if (front === columns) return [g.node("Mul", [x, g.scalar(first)])];
    const parts = g.nodes("Split", [x, g.ints(front, columns - front)], 2, { axis: 1 });
    const scaled = parts.map((part, i) => g.node("Mul", [part, g.scalar([first, rest][i])]));
    return [g.node("Concat", scaled, { axis: 1 })];
  },
  vjp: null,
  jvp: null,
  kernels: ({ attributes: { front, factors: [FRONT, REST] }, inputs, inputTypes, outputs }) => [{
    kernel: specialize("scale_columns", [source], { FRONT: { f32: FRONT }, REST: { f32: REST } }),
    bindings: [...inputs, ...outputs],
    params: [elements(inputTypes[0]), matrix(inputTypes[0]).columns, front],
    workgroups: grid(elements(inputTypes[0]), 64),
  }],
};
