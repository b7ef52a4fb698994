import { gatedUnit } from "./gated_unit.ts";

/** The unit with the gate silu(g) = g · sigmoid(g). */
export const swiglu = gatedUnit({
  forward: "swiglu",
  backward: "swigluBackward",
  tangent: "swigluTangent",
  GELU: false,
  argument: (g) => ({ value: g, slope: 1 }),
  lowerArgument: (_g, x) => ({ value: x, slope: null }),
});
