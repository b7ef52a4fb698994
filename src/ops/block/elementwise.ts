import addSource from "../../../shaders/block/add.wgsl" with { type: "text" };
import rowDotSource from "../../../shaders/block/row_dot.wgsl" with { type: "text" };
import rowScaleSource from "../../../shaders/block/row_scale.wgsl" with { type: "text" };
import seedSource from "../../../shaders/block/seed.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import type { BufferRange, Dispatch } from "../../gpu/pass.ts";
import { type Applied, applies, elements, type Fused, matrix, type Op, requireShape } from "../op.ts";
import { unroll } from "../product/product_unroll.ts";
import { threadsAcross, vectorsFor } from "./vector.ts";

type None = Record<never, never>;

/** a, b of one shape → a + b. */
export const add: Op<None> = {
  name: "add",
  recompute: { kept: true },
  fuse: addIntoTerm,
  types(_attributes, [a, b]) {
    requireShape(String(a.shape) === String(b.shape), "add", "two of one shape", [a, b]);
    return [{ shape: a.shape, dtype: "f32" }];
  },
  reference: ({ inputs: [a, b] }) => [a.map((value, i) => value + b[i])],
  vjp: (_g, _node, [dy]) => [dy, dy],
  jvp: (g, _node, [ta, tb]) => [ta && tb ? g.emit(add, {}, [ta, tb])[0] : ta ?? tb],
  kernels({ inputs, inputTypes, outputs }) {
    const vectors = vectorsFor(elements(inputTypes[0]));
    const count = elements(inputTypes[0]) / vectors.width;
    return [{
      kernel: specialize("add", [vectors.source, addSource], {}),
      bindings: [...inputs, ...outputs],
      params: [count],
      workgroups: grid(count, 64),
    }];
  },
};

/** Leaves the sum to the op that makes one of the two terms, where that op takes a residual. */
function addIntoTerm(node: Applied, before: (input: number) => Applied | null): Fused | null {
  if (!applies(node, add)) return null;
  for (const absorbs of [0, 1]) {
    const made = before(absorbs);
    if (!made?.op.takesResidual?.(made.attributes, made.inputs.length)) continue;
    const { op, attributes, inputs } = made;
    return { absorbs, op, attributes, inputs: [...inputs, node.inputs[1 - absorbs]] };
  }
  return null;
}

/** a [M, D], b [P, D] with M a multiple of P → y [M], y_m = Σ_d a_md b_(m mod P),d. */
export const rowDot: Op<None> = {
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
  const sources = [vectorsFor(columns).source, unroll(rowDotSource, { ACROSS })];
  return {
    kernel: specialize("row_dot", sources, { D: columns, ACROSS }),
    bindings: [a, b, y],
    params: [rows, period],
    workgroups: grid(rows * ACROSS, 64),
  };
}

/** x [M, D], s [M] → y [M, D], y_md = x_md s_m. */
export const rowScale: Op<None> = {
  name: "rowScale",
  types(_attributes, [x, s]) {
    requireShape(matrix(x).rows === elements(s), "rowScale", "[M, D] and [M]", [x, s]);
    return [{ shape: x.shape, dtype: "f32" }];
  },
  reference({ inputs: [x, s], inputTypes }) {
    const { columns } = matrix(inputTypes[0]);
    return [x.map((value, i) => value * s[Math.floor(i / columns)])];
  },
  vjp: null,
  jvp: null,
  kernels({ inputs, inputTypes, outputs }) {
    const { rows, columns } = matrix(inputTypes[0]);
    const vectors = vectorsFor(columns);
    return [{
      kernel: specialize("row_scale", [vectors.source, rowScaleSource], { D: columns }),
      bindings: [...inputs, ...outputs],
      params: [rows],
      workgroups: grid(rows * columns / vectors.width, 64),
    }];
  },
};

/** A cotangent to start a reverse walk from. */
export interface SeedAttributes {
  readonly rows: number;
  /** Targets T of each sequence: row m is target m mod T. */
  readonly period: number;
  /** The target whose rows are 1, others 0; null for 1 everywhere. */
  readonly index: number | null;
}

/** → y [rows], 1 at the rows of one target or at all of them. */
export const seed: Op<SeedAttributes> = {
  name: "seed",
  recompute: { seed: true },
  types: ({ rows }) => [{ shape: [rows], dtype: "f32" }],
  reference: ({ attributes: { rows, period, index } }) => [
    Float64Array.from({ length: rows }, (_, m) => index === null || m % period === index ? 1 : 0),
  ],
  vjp: null,
  jvp: null,
  kernels: ({ attributes: { rows, period, index }, outputs }) => [{
    kernel: specialize("seed", [seedSource], {}),
    bindings: [...outputs],
    params: [rows, period, index ?? period],
    workgroups: grid(rows, 64),
  }],
};
