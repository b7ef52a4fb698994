import source from "../../../shaders/block/seed.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
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
  vjp: null,
  jvp: null,
  kernels: ({ attributes: { rows, period, index }, outputs }) => [{
    kernel: specialize("seed", [source], {}),
    bindings: [...outputs],
    params: [rows, period, index ?? period],
    workgroups: grid(rows, 64),
  }],
};
