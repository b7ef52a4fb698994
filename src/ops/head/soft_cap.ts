import source from "../../../shaders/head/soft_cap_lib.wgsl" with { type: "text" };
import type { Constant } from "../../gpu/kernel.ts";

/** A soft-cap y = c · tanh(x / c) (Gemma Team 2024, "Gemma 2"), or none if c is undefined. */
interface SoftCap {
  value(x: number): number;
  /** dy / dx, from y. */
  slope(y: number): number;
}

/** The soft-cap of a constant. */
export function softCapOf(cap: number | undefined): SoftCap {
  if (cap === undefined) return { value: (x) => x, slope: () => 1 };
  return { value: (x) => cap * Math.tanh(x / cap), slope: (y) => 1 - (y / cap) ** 2 };
}

/** Constants of a kernel with a soft-cap of values of a type, and the WGSL of `soft_cap` and `soft_cap_slope`. */
export function softCapParts(cap: number | undefined, type: "f32" | "vec4f"): {
  readonly CAPPED: boolean;
  readonly sources: readonly string[];
  readonly constants: Readonly<Record<string, Constant>>;
} {
  if (cap === undefined) return { CAPPED: false, sources: [], constants: {} };
  return { CAPPED: true, sources: [`alias Capped = ${type};`, source], constants: { CAP: { f32: cap } } };
}
