import gatherSource from "../../../shaders/block/gather_rows.wgsl" with { type: "text" };
import columnsSource from "../../../shaders/head/last_columns.wgsl" with { type: "text" };
import source from "../../../shaders/block/rows.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import { elements, type KernelContext, matrix, type Op, requireShape } from "../op.ts";
import { vectorsFor } from "./vector.ts";

/** Rows start … start + count of each sequence of `sequence` rows. */
export interface WindowAttributes {
  readonly sequence: number;
  readonly start: number;
  readonly count: number;
}

/** x [B, sequence, D] → y [B, count, D]: a window of each sequence. */
export const takeRows: Op<WindowAttributes> = {
  name: "takeRows",
  recompute: { window: true, kept: true },
  types({ sequence, start, count }, [x]) {
    const fits = x.shape.length === 3 && x.shape[1] === sequence && start + count <= sequence;
    requireShape(fits, "takeRows", `[B, ${sequence}, D] with ${start + count} rows or more`, [x]);
    return [{ shape: [x.shape[0], count, x.shape[2]], dtype: "f32" }];
  },
  reference({ attributes: { sequence, start, count }, inputs: [x], outputTypes: [type] }) {
    const [B, , D] = type.shape;
    const y = new Float64Array(elements(type));
    for (let b = 0; b < B; b++) {
      y.set(x.subarray((b * sequence + start) * D, (b * sequence + start + count) * D), b * count * D);
    }
    return [y];
  },
  vjp(g, { attributes: { sequence, start, count } }, [dy]) {
    if (dy === null) return [null];
    const n = dy.shape[1];
    return [g.emit(placeRows, { sequence: n < count ? start + n : sequence, start, count: n }, [dy])[0]];
  },
  jvp: (g, { attributes }, [tx]) => [tx && g.emit(takeRows, { ...attributes }, [tx])[0]],
  kernels: (context) => launch(context, 0, context.attributes),
};

/** x [B, count, D] → y [B, sequence, D]: the window at its place, zero elsewhere; the transpose of `takeRows`. */
export const placeRows: Op<WindowAttributes> = {
  name: "placeRows",
  types({ sequence, count }, [x]) {
    requireShape(x.shape.length === 3 && x.shape[1] === count, "placeRows", `[B, ${count}, D]`, [x]);
    return [{ shape: [x.shape[0], sequence, x.shape[2]], dtype: "f32" }];
  },
  reference({ attributes: { sequence, start, count }, inputs: [x], outputTypes: [type] }) {
    const [B, , D] = type.shape;
    const y = new Float64Array(elements(type));
    for (let b = 0; b < B; b++) y.set(x.subarray(b * count * D, (b + 1) * count * D), (b * sequence + start) * D);
    return [y];
  },
  vjp: null,
  jvp: null,
  kernels: (context) => launch(context, 1, context.attributes),
};

/** x [S, D] → y [times, S, D]. */
export const repeat: Op<{ readonly times: number }> = {
  name: "repeat",
  types: ({ times }, [x]) => [{ shape: [times, ...x.shape], dtype: "f32" }],
  reference({ inputs: [x], outputTypes: [type] }) {
    const y = new Float64Array(elements(type));
    for (let start = 0; start < y.length; start += x.length) y.set(x, start);
    return [y];
  },
  vjp: null,
  jvp: null,
  kernels: (context) => launch(context, 2, { sequence: context.inputTypes[0].shape[0], start: 0, count: 0 }),
};

/** x [R, D] or [1, R, D], rows [M] → y [M, D] or [1, M, D], y_m = x_rows(m). */
export const gatherRows: Op<Record<never, never>> = {
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
  vjp: null,
  jvp: null,
  kernels({ inputs, outputs, outputTypes: [y] }) {
    const { columns: D } = matrix(y);
    const vectors = vectorsFor(D);
    const total = elements(y) / vectors.width;
    return [{
      kernel: specialize("gather_rows", [vectors.source, gatherSource], { D }),
      bindings: [...inputs, ...outputs],
      params: [total],
      workgroups: grid(total, 64),
    }];
  },
};

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
  vjp: null,
  jvp: null,
  kernels({ attributes: { count }, inputs, inputTypes, outputs, outputTypes: [y] }) {
    const { columns } = matrix(inputTypes[0]);
    const vectors = vectorsFor(count, columns);
    const total = elements(y) / vectors.width;
    return [{
      kernel: specialize("last_columns", [vectors.source, columnsSource], { COLUMNS: columns, COUNT: count }),
      bindings: [...inputs, ...outputs],
      params: [total],
      workgroups: grid(total, 64),
    }];
  },
};

function launch(
  { inputs, outputs, outputTypes: [y] }: KernelContext<unknown>,
  mode: number,
  { sequence, start, count }: WindowAttributes,
) {
  const D = y.shape[y.shape.length - 1];
  const vectors = vectorsFor(D);
  const total = elements(y) / vectors.width;
  const constants = { MODE: mode, D, SEQUENCE: sequence, START: start, COUNT: count };
  return [{
    kernel: specialize("rows", [vectors.source, source], constants),
    bindings: [...inputs, ...outputs],
    params: [total],
    workgroups: grid(total, 64),
  }];
}
