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

/** tanh(d / 2) / d in ONNX operators, an even function that is ½ at 0, where a tanh keeps its digits. */
function lowerMeanTanh(g: OnnxEmitter, d: Tensor): Tensor {
  // Of a smaller change the quotient is ½ in f32.
  const change = g.node("Max", [g.node("Abs", [d]), g.scalar(1e-12)]);
  return g.node("Div", [g.node("Tanh", [g.node("Mul", [change, g.scalar(0.5)])]), change]);
}

/** Two arguments of a sigmoid, its values there and the mean of these. */
interface SigmoidPair {
  readonly points: readonly [Tensor, Tensor];
  readonly values: readonly [Tensor, Tensor];
  readonly mean: Tensor;
}

/**
 * Half of `sigmoidSlope` in ONNX operators, right to the rounding of the values: σ(b) − σ(a) is
 * (σ(a) + σ(b) − 2 σ(a) σ(b)) tanh((b − a) / 2).
 */
export function lowerHalfSigmoidSlope(g: OnnxEmitter, { points: [a, b], values, mean }: SigmoidPair): Tensor {
  return g.node("Mul", [g.node("Sub", [mean, g.node("Mul", values)]), lowerMeanTanh(g, g.node("Sub", [b, a]))]);
}

/**
 * `tanhSlope` in ONNX operators, right to the rounding of small slopes as well: tanh b − tanh a is
 * 2 (σ(2a) σ(−2b) + σ(2b) σ(−2a)) tanh(b − a).
 */
export function lowerTanhSlope(g: OnnxEmitter, a: Tensor, b: Tensor): Tensor {
  const [twiceA, twiceB] = [a, b].map((x) => g.node("Mul", [x, g.scalar(2)]));
  const sides = (x: Tensor, y: Tensor) =>
    g.node("Mul", [g.node("Sigmoid", [x]), g.node("Sigmoid", [g.node("Neg", [y])])]);
  const both = g.node("Add", [sides(twiceA, twiceB), sides(twiceB, twiceA)]);
  return g.node("Mul", [g.node("Mul", [both, lowerMeanTanh(g, g.node("Sub", [twiceB, twiceA]))]), g.scalar(4)]);
}

/** `logMean` of p and q from p + q and log(q / p) in ONNX operators: (q − p) / (q + p) = tanh(log(q / p) / 2). */
export function lowerLogMean(g: OnnxEmitter, sum: Tensor, logs: Tensor): Tensor {
  return g.node("Mul", [sum, lowerMeanTanh(g, logs)]);
}
