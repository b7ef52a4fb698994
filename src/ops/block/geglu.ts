import { gatedUnit } from "./gated_unit.ts";

const FACTOR = 2 * Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/**
 * The unit with the gate gelu(g) ≈ g/2 · (1 + tanh(√(2/π) (g + 0.044715 g³))), which is g · sigmoid of twice the tanh's
 * argument (Hendrycks and Gimpel 2016, "Gaussian Error Linear Units"; transformers' `gelu_pytorch_tanh`).
 */
export const geglu = gatedUnit({
  forward: "geglu",
  backward: "gegluBackward",
  tangent: "gegluTangent",
  GELU: true,
  argument: (g) => ({ value: FACTOR * (g + CUBIC * g ** 3), slope: FACTOR * (1 + 3 * CUBIC * g * g) }),
  lowerArgument(g, x) {
    const squared = g.node("Mul", [x, x]);
    /** factor · (1 + cubic · x²) */
    const polynomial = (cubic: number) =>
      g.node("Add", [g.node("Mul", [squared, g.scalar(FACTOR * cubic)]), g.scalar(FACTOR)]);
    return { value: g.node("Mul", [x, polynomial(CUBIC)]), slope: polynomial(3 * CUBIC) };
  },
});
