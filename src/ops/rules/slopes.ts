import source from "../../../shaders/rules/slopes.wgsl" with { type: "text" };
import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";

/** (1 − e^−t) / t of t ≥ 0, which is 1 at 0. */
export function meanDecay(t: number): number {
  return t === 0 ? 1 : -Math.expm1(-t) / t;
}

/** (σ(b) − σ(a)) / (b − a), the derivative where a = b: σ(b) − σ(a) = σ(b) σ(−a) (1 − e^(a − b)). */
export function sigmoidSlope(a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  return sigmoid(high) * sigmoid(-low) * meanDecay(high - low);
}

/** (tanh b − tanh a) / (b − a), as tanh x = 2 σ(2x) − 1. */
export function tanhSlope(a: number, b: number): number {
  return 4 * sigmoidSlope(2 * a, 2 * b);
}

/** The logarithmic mean (q − p) / (log q − log p) of two numbers, from their logarithms; p where they are equal. */
export function logMean(logP: number, logQ: number): number {
  return Math.exp(Math.max(logP, logQ)) * meanDecay(Math.abs(logP - logQ));
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** WGSL of `mean_decay`, `sigmoid`, `sigmoid_slope`, `tanh_slope` and `log_mean` of values of a type. */
export function slopeSources(type: "f32" | "vec4f" | "Vec"): readonly string[] {
  return [`alias Between = ${type};`, source];
}

/** `meanDecay` in ONNX operators: with h = t/2, tanh h / (h (1 + tanh h)), as a tanh keeps its digits near 0. */
function lowerMeanDecay(g: OnnxEmitter, t: Tensor): Tensor {
  // Of a smaller half the quotient is 1 in f32.
  const half = g.node("Max", [g.node("Mul", [t, g.scalar(0.5)]), g.scalar(1e-12)]);
  const bounded = g.node("Tanh", [half]);
  return g.node("Div", [bounded, g.node("Mul", [half, g.node("Add", [bounded, g.scalar(1)])])]);
}

/** `sigmoidSlope` in ONNX operators. */
export function lowerSigmoidSlope(g: OnnxEmitter, a: Tensor, b: Tensor): Tensor {
  const [low, high] = [g.node("Min", [a, b]), g.node("Max", [a, b])];
  const sides = g.node("Mul", [g.node("Sigmoid", [high]), g.node("Sigmoid", [g.node("Neg", [low])])]);
  return g.node("Mul", [sides, lowerMeanDecay(g, g.node("Sub", [high, low]))]);
}

/** `tanhSlope` in ONNX operators. */
export function lowerTanhSlope(g: OnnxEmitter, a: Tensor, b: Tensor): Tensor {
  const twice = (x: Tensor) => g.node("Mul", [x, g.scalar(2)]);
  return g.node("Mul", [lowerSigmoidSlope(g, twice(a), twice(b)), g.scalar(4)]);
}

/** `logMean` of two numbers and of the difference of their logarithms in ONNX operators. */
export function lowerLogMean(g: OnnxEmitter, p: Tensor, q: Tensor, logs: Tensor): Tensor {
  return g.node("Mul", [g.node("Max", [p, q]), lowerMeanDecay(g, g.node("Abs", [logs]))]);
}
