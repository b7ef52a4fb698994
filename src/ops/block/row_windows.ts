import source from "../../../shaders/block/row_windows.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import { elements, type KernelContext, type Op, requireShape } from "../op.ts";
import { vectorsFor } from "./vector.ts";

/** Rows start … start + count of each sequence of `sequence` rows. */
interface WindowAttributes {
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
  lower({ attributes: { sequence, start, count }, g, inputs: [x], outputTypes: [{ shape: [B, , D] }] }) {
    const sequences = g.node("Reshape", [x, g.sizes(B, sequence, D)]);
    const window = g.node("Slice", [sequences, g.sizes(start), g.sizes(start + count), g.ints(1)]);
    return [g.node("Reshape", [window, g.ints(-1, D)])];
  },
  vjp(g, { attributes: { sequence, start, count } }, [dy]) {
    if (dy === null) return [null];
    const n = dy.shape[1];
    return [g.emit(placeRows, { sequence: n < count ? start + n : sequence, start, count: n }, [dy])[0]];
  },
  jvp: (g, { attributes }, [tx]) => [tx && g.emit(takeRows, { ...attributes }, [tx])[0]],
  kernels: (context) => launch(context, "TAKE", context.attributes),
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
  lower({ attributes: { sequence, start, count }, g, inputs: [x], outputTypes: [{ shape: [B, , D] }] }) {
    const sequences = g.node("Reshape", [x, g.sizes(B, count, D)]);
    const placed = g.node("Pad", [sequences, g.sizes(0, start, 0, 0, sequence - start - count, 0)]);
    return [g.node("Reshape", [placed, g.ints(-1, D)])];
  },
  vjp: null,
  jvp: null,
  kernels: (context) => launch(context, "PLACE", context.attributes),
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
  lower({ attributes: { times }, g, inputs: [x], inputTypes: [{ shape }] }) {
    const D = shape[shape.length - 1];
    return [g.node("Reshape", [g.node("Expand", [x, g.sizes(times, ...shape)]), g.ints(-1, D)])];
  },
  vjp: null,
  jvp: null,
  kernels: (context) => launch(context, "REPEAT", { start: 0, count: 0 }),
};

// Sizes are parameters, as constants would make another kernel of each length of a prompt.
function launch(
  { inputs, outputs, inputTypes: [x], outputTypes: [y] }: KernelContext<unknown>,
  move: "TAKE" | "PLACE" | "REPEAT",
  { start, count }: Omit<WindowAttributes, "sequence">,
) {
  const D = y.shape[2];
  const vectors = vectorsFor(D);
  const [rows, stride] = [y, x].map(({ shape }) => shape[shape.length - 2]);
  const moves = { TAKE: move === "TAKE", PLACE: move === "PLACE", REPEAT: move === "REPEAT" };
  const [groups, folds] = grid(rows * D / vectors.width, 64);
  return [{
    kernel: specialize("row_windows", [vectors.source, source], moves),
    bindings: [...inputs, ...outputs],
    params: [rows, stride, start, count].map((one) => one * D / vectors.width),
    workgroups: [groups, folds, y.shape[0]] as const,
  }];
}
