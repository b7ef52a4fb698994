import prependSource from "../../shaders/prepend.wgsl" with { type: "text" };
import source from "../../shaders/rows.wgsl" with { type: "text" };
import { grid, specialize } from "../gpu/kernel.ts";
import { elements, type KernelContext, type Op, requireShape, type ValueType } from "./op.ts";
import { vectorsFor } from "./vector.ts";

/** Rows start … start + count of each sequence of `sequence` rows. */
export interface WindowAttributes {
  readonly sequence: number;
  readonly start: number;
  readonly count: number;
}

/** x [B, sequence, D] → y [B, count, D]: a window of each sequence. */
export const takeRows: Op<WindowAttributes> = {
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
  vjp: (g, { attributes }, [dy]) => [dy && g.emit("placeRows", { ...attributes }, [dy])[0]],
  jvp: (g, { attributes }, [tx]) => [tx && g.emit("takeRows", { ...attributes }, [tx])[0]],
  kernels: (context) => launch(context, 0, context.attributes),
};

/** x [B, count, D] → y [B, sequence, D]: the window at its place, zero elsewhere; the transpose of `takeRows`. */
export const placeRows: Op<WindowAttributes> = {
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

/** x [B, S, D], first [P, D] → y [B, P + S, D]: the same rows before each sequence's own; they are constants. */
export const prepend: Op<Record<never, never>> = {
  types(_attributes, [x, first]) {
    const fits = x.shape.length === 3 && first.shape.length === 2 && x.shape[2] === first.shape[1];
    requireShape(fits, "prepend", "[B, S, D] and [P, D]", [x, first]);
    const [B, S, D] = x.shape;
    return [{ shape: [B, first.shape[0] + S, D], dtype: "f32" }];
  },
  reference({ inputs: [x, first], inputTypes: [{ shape: [B, S, D] }], outputTypes: [type] }) {
    const y = new Float64Array(elements(type));
    for (let b = 0; b < B; b++) {
      const start = b * (first.length + S * D);
      y.set(first, start);
      y.set(x.subarray(b * S * D, (b + 1) * S * D), start + first.length);
    }
    return [y];
  },
  vjp: (g, { inputs }, [dy]) => [dy && g.emit("takeRows", ownRows(inputs), [dy])[0], null],
  jvp: (g, { inputs }, [tx]) => [tx && g.emit("placeRows", ownRows(inputs), [tx])[0]],
  kernels({ inputs, inputTypes: [x, first], outputs, outputTypes: [y] }) {
    const vectors = vectorsFor(y.shape[2]);
    const [total, before, own] = [elements(y), elements(first), elements(x) / x.shape[0]];
    return [{
      kernel: specialize("prepend", [vectors.source, prependSource], {}),
      bindings: [...inputs, ...outputs],
      params: [total, before, own].map((count) => count / vectors.width),
      workgroups: grid(total / vectors.width, 64),
    }];
  },
};

function ownRows([x, first]: readonly ValueType[]): WindowAttributes {
  const [P, S] = [first.shape[0], x.shape[1]];
  return { sequence: P + S, start: P, count: S };
}

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
