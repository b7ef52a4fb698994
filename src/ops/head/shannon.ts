import source from "../../../shaders/head/shannon_lib.wgsl" with { type: "text" };
import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import { slopeSources } from "../rules/slopes.ts";

// The parts' series is as exact as f32 below this difference of the logarithms.
const NEAR = 0.5;
const SERIES = [1, 1 / 6, 1 / 15, 1 / 28, 1 / 45];

/**
 * The Jensen–Shannon divergence of p from p⁰, from their logarithms [V], and its derivative by the logits of p: p
 * (log(p / m) − Σ p log(p / m)) / 2, m = (p + p⁰) / 2.
 *
 * Source: Lin, "Divergence measures based on the Shannon entropy" (1991).
 */
export function shannonOf(logs: Float64Array, others: Float64Array): { value: number; slopes: Float64Array } {
  const free = logs.map((log, v) => logToMean(log - others[v]) / 2);
  const mean = logs.reduce((sum, log, v) => sum + Math.exp(log) * free[v], 0);
  const value = logs.reduce((sum, log, v) => sum + shannonPart(log, others[v]), 0);
  return { value, slopes: logs.map((log, v) => Math.exp(log) * (free[v] - mean)) };
}

/** log(p / m) of m = (p + p⁰) / 2, from log p − log p⁰. */
export function logToMean(difference: number): number {
  return Math.LN2 - Math.log1p(Math.exp(-Math.abs(difference))) + Math.min(difference, 0);
}

/** p log(p / m) / 2 + p⁰ log(p⁰ / m) / 2, never negative: near p = p⁰ by its series in |p − p⁰| / (p + p⁰). */
function shannonPart(logP: number, logP0: number): number {
  const apart = Math.abs(logP - logP0);
  const share = Math.exp(-apart);
  const v = (Math.expm1(-apart) / (1 + share)) ** 2;
  // Of f64 the series is as exact only where its next term is small.
  const bracket = apart < 0.02
    ? (1 + share) / 2 * v * SERIES.reduceRight((sum, term) => sum * v + term, 0)
    : (1 + share) * (Math.LN2 - Math.log1p(share)) - apart * share;
  return Math.exp(Math.max(logP, logP0)) / 2 * bracket;
}

/** WGSL of `log_to_mean` and `shannon_part`, with the slopes that they need; after `log1p`. */
export function shannonSources(): readonly string[] {
  return [...slopeSources("f32"), source];
}

/** WGSL of `log_to_mean` and `shannon_part` alone, for kernels that have the slopes. */
export const SHANNON_SOURCE: string = source;

/** `logToMean` in ONNX operators. */
export function lowerLogToMean(g: OnnxEmitter, difference: Tensor): Tensor {
  const share = g.node("Exp", [g.node("Neg", [g.node("Abs", [difference])])]);
  const above = g.node("Sub", [g.scalar(Math.LN2), g.node("Log", [g.node("Add", [share, g.scalar(1)])])]);
  return g.node("Add", [above, g.node("Min", [difference, g.scalar(0)])]);
}

/** The parts of the divergence in ONNX operators, from the logarithms of p and p⁰ and from themselves. */
export function lowerShannonParts(
  g: OnnxEmitter,
  { logs, values }: Readonly<Record<"logs" | "values", readonly [Tensor, Tensor]>>,
): Tensor {
  const apart = g.node("Abs", [g.node("Sub", logs)]);
  const share = g.node("Exp", [g.node("Neg", [apart])]);
  const wider = g.node("Add", [share, g.scalar(1)]);
  const u = g.node("Tanh", [g.node("Mul", [apart, g.scalar(0.5)])]);
  const v = g.node("Mul", [u, u]);
  const [last, ...terms] = SERIES.toReversed().map((term) => g.scalar(term));
  const series = terms.reduce((sum, term) => g.node("Add", [g.node("Mul", [sum, v]), term]), last);
  const near = g.node("Mul", [g.node("Mul", [wider, g.scalar(0.5)]), g.node("Mul", [v, series])]);
  const above = g.node("Sub", [g.scalar(Math.LN2), g.node("Log", [wider])]);
  const far = g.node("Sub", [g.node("Mul", [wider, above]), g.node("Mul", [apart, share])]);
  const bracket = g.node("Where", [g.node("Less", [apart, g.scalar(NEAR)]), near, far]);
  return g.node("Mul", [g.node("Mul", [g.node("Max", [...values]), g.scalar(0.5)]), bracket]);
}
