import source from "../../../shaders/block/seed.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import { ELEMENT_TYPES } from "../../onnx/onnx_model.ts";
import type { Op } from "../op.ts";

/** A cotangent to start a reverse walk from. */
interface SeedAttributes {
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
  lower({ attributes: { rows, period, index }, g }) {
    if (index === null) return [g.node("Expand", [g.scalar(1), g.sizes(rows)])];
    const targets = g.node("Range", [g.int(0), g.size(period), g.int(1)]);
    const one = g.node("Cast", [g.node("Equal", [targets, g.size(index)])], { to: ELEMENT_TYPES.f32 });
    return [g.node("Reshape", [g.node("Expand", [one, g.sizes(rows / period, period)]), g.ints(-1)])];
  },
  vjp: null,
  jvp: null,
  kernels: ({ attributes: { rows, period, index }, outputs }) => [{
    kernel: specialize("seed", [source], {}),
    bindings: [...outputs],
    params: [rows, period, index ?? period],
    workgroups: grid(rows, 64),
  }],
};
