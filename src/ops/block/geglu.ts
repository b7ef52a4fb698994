import { type Gate, gatedUnit } from "./gated_unit.ts";

const FACTOR = 2 * Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/**
 * The gate gelu(g) ≈ g/2 · (1 + tanh(√(2/π) (g + 0.044715 g³))), which is g · sigmoid of twice the tanh's
 * argument (Hendrycks and Gimpel 2016, "Gaussian Error Linear Units"; transformers' `gelu_pytorch_tanh`).
 */
export const GELU: Gate = {
  forward: "geglu",
  backward: "gegluBackward",
  tangent: "gegluTangent",
  secant: "gegluSecant",
  identity: "gegluIdentity",
  GELU: true,
  argument: (g) => FACTOR * (g + CUBIC * g ** 3),
  argumentSlope: (g) => FACTOR * (1 + 3 * CUBIC * g * g),
  lowerArgument(g, x) {
    const squared = g.node("Mul", [x, x]);
    /** factor · (1 + cubic · x²) */
    const polynomial = (cubic: number) =>
      g.node("Add", [g.node("Mul", [squared, g.scalar(FACTOR * cubic)]), g.scalar(FACTOR)]);
    return { value: g.node("Mul", [x, polynomial(CUBIC)]), slope: polynomial(3 * CUBIC) };
  },
  slopeBetween: (a, b) => FACTOR * (1 + CUBIC * (a * a + a * b + b * b)),
  lowerSlopeBetween(g, a, b) {
    // a² + a b + b² = (a + b)² − a b
    const sum = g.node("Add", [a, b]);
    const squares = g.node("Sub", [g.node("Mul", [sum, sum]), g.node("Mul", [a, b])]);
    return g.node("Add", [g.node("Mul", [squares, g.scalar(FACTOR * CUBIC)]), g.scalar(FACTOR)]);
  },
};

/** The unit with the gate gelu(g). */
export const geglu = gatedUnit(GELU);
