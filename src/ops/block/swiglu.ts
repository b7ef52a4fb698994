import { type Gate, gatedUnit } from "./gated_unit.ts";

/** The gate silu(g) = g · sigmoid(g). */
export const SILU: Gate = {
  forward: "swiglu",
  backward: "swigluBackward",
  tangent: "swigluTangent",
  secant: "swigluSecant",
  identity: "swigluIdentity",
  GELU: false,
  argument: (g) => g,
  argumentSlope: () => 1,
  lowerArgument: (_g, x) => ({ value: x, slope: null }),
  slopeBetween: () => 1,
  lowerSlopeBetween: () => null,
};

/** The unit with the gate silu(g) = g · sigmoid(g). */
export const swiglu = gatedUnit(SILU);
