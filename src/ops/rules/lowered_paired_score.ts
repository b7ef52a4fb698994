import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import { blockRows, column, lowerSoftCap, rowSum, vector } from "../head/lowered_logits.ts";
import { lowerLogToMean, lowerShannonParts } from "../head/shannon.ts";
import { lowerLogProb } from "../head/target_log_prob.ts";
import { type LoweringContext, matrix } from "../op.ts";
import type { PairedAttributes } from "./paired_measure.ts";
import { changeOf, halves } from "./secant_form.ts";
import { lowerLogMean, lowerTanhSlope } from "./slopes.ts";

/** A block of pairs: rows of the starts and then of the ends. */
interface PairBlock {
  readonly first: number;
  readonly count: number;
  /** [2 count, V], soft-capped if the head is. */
  readonly logits: Tensor;
}

/** Scores [2 count, 1], and the multipliers [count, V] of the logits. */
interface ScoredBlock {
  readonly scores: Tensor;
  readonly multipliers: Tensor;
}

/** `pairedScore`: blocks of pairs, so that the logits of all rows are never in memory at once. */
export function lowerPairedScore(context: LoweringContext<PairedAttributes>): Tensor[] {
  const { attributes, g, inputs: [h], inputTypes, weight } = context;
  const { softCap } = attributes;
  const rows = matrix(inputTypes[0]).rows / 2;
  const most = Math.max(1, Math.floor(blockRows(attributes) / 2));
  const w = weight(attributes.weight);
  const blocks = Array.from({ length: Math.ceil(rows / most) }, (_, i) => {
    const first = i * most;
    const count = Math.min(most, rows - first);
    const raw = w.product(pairRows(g, h, rows, { first, count }));
    const { scores, multipliers } = scoreBlock(context, rows, {
      first,
      count,
      logits: lowerSoftCap(g, softCap, raw).logits,
    });
    if (softCap === undefined) return { scores: halves(g, scores), pulled: w.transposed(multipliers) };
    const [a, b] = halves(g, g.node("Mul", [raw, g.scalar(1 / softCap)]));
    const sloped = g.node("Mul", [multipliers, lowerTanhSlope(g, a, b)]);
    return { scores: halves(g, scores), pulled: w.transposed(sloped) };
  });
  const join = (parts: readonly Tensor[]) => parts.length === 1 ? parts[0] : g.node("Concat", parts, { axis: 0 });
  const scores = join([0, 1].flatMap((side) => blocks.map((block) => block.scores[side])));
  return [vector(g, scores), join(blocks.map(({ pulled }) => pulled))];
}

/** Rows of a block of pairs, of a value with the rows of all starts and then of all ends. */
function pairRows(g: OnnxEmitter, all: Tensor, rows: number, { first, count }: Omit<PairBlock, "logits">): Tensor {
  if (count === rows) return all;
  const from = (start: number) => g.node("Slice", [all, g.sizes(start), g.sizes(start + count), g.ints(0)]);
  return g.node("Concat", [from(first), from(rows + first)], { axis: 0 });
}

function scoreBlock(context: LoweringContext<PairedAttributes>, rows: number, block: PairBlock): ScoredBlock {
  const { attributes: { measure }, g, inputs: [, other] } = context;
  if (measure === "log-prob" || measure === "probability") {
    return scoreTargets(g, column(g, pairRows(g, other, rows, block)), block, measure === "probability");
  }
  const logs = g.node("LogSoftmax", [block.logits], { axis: -1 });
  const probabilities = g.node("Exp", [logs]);
  const [[p, q], [first, last]] = [probabilities, logs].map((x) => halves(g, x));
  const sum = g.node("Add", [p, q]);
  const means = lowerLogMean(g, sum, g.node("Sub", [last, first]));
  const share = g.node("Div", [means, rowSum(g, means)]);
  if (measure === "entropy") {
    const scores = g.node("Neg", [rowSum(g, g.node("Mul", [probabilities, logs]))]);
    const twice = g.node("Add", [sum, g.node("Mul", [means, g.node("Add", [first, last])])]);
    const weights = g.node("Mul", [twice, g.scalar(-0.5)]);
    const multipliers = g.node("Sub", [weights, g.node("Mul", [share, rowSum(g, weights)])]);
    return { scores, multipliers };
  }
  const periods = (start: number) => g.node("Range", [g.size(start), g.size(start + block.count), g.int(1)]);
  const size = g.size(matrix(context.inputTypes[1]).rows);
  const pairs = g.node("Concat", [periods(block.first), periods(rows + block.first)], { axis: 0 });
  const others = g.node("LogSoftmax", [g.node("Gather", [other, g.node("Mod", [pairs, size])])], { axis: -1 });
  const reference = g.node("Exp", [others]);
  if (measure === "jensen-shannon") {
    const scores = rowSum(g, lowerShannonParts(g, { logs: [logs, others], values: [probabilities, reference] }));
    const weights = lowerShannonWeights(g, { logs, others, probabilities, means });
    return { scores, multipliers: g.node("Sub", [weights, g.node("Mul", [share, rowSum(g, weights)])]) };
  }
  const scores = rowSum(g, g.node("Mul", [reference, g.node("Sub", [others, logs])]));
  return { scores, multipliers: g.node("Sub", [share, halves(g, reference)[0]]) };
}

/** a = (mean of p − ℓ mean of m / ℓ_m + ℓ mean of log(p / m)) / 2 of each pair, m the mean of p and p⁰. */
function lowerShannonWeights(
  g: OnnxEmitter,
  { logs, others, probabilities, means }: Readonly<Record<"logs" | "others" | "probabilities" | "means", Tensor>>,
): Tensor {
  const toMean = lowerLogToMean(g, g.node("Sub", [logs, others]));
  const logMiddle = g.node("Sub", [logs, toMean]);
  const [[a, b], [first, last]] = [g.node("Exp", [logMiddle]), logMiddle].map((x) => halves(g, x));
  const both = (x: Tensor) => g.node("Add", halves(g, x));
  const sum = g.node("Add", [a, b]);
  const slope = g.node("Div", [sum, lowerLogMean(g, sum, g.node("Sub", [last, first]))]);
  const read = g.node("Mul", [means, g.node("Sub", [both(toMean), slope])]);
  return g.node("Mul", [g.node("Add", [both(probabilities), read]), g.scalar(0.25)]);
}

/** log p of ids [2 count, 1] or p: 1 or Δp / Δlog p at the target, less its part of ℓ / Σ ℓ. */
function scoreTargets(g: OnnxEmitter, ids: Tensor, { logits }: PairBlock, probability: boolean): ScoredBlock {
  const { weights, top, total, logProb } = lowerLogProb(g, logits, ids);
  const logSums = g.node("Add", [top, g.node("Log", [total])]);
  const [[p, q], [target]] = [g.node("Div", [weights, total]), ids].map((x) => halves(g, x));
  const means = lowerLogMean(g, g.node("Add", [p, q]), g.node("Sub", [changeOf(g, logits), changeOf(g, logSums)]));
  const own = g.node("GatherElements", [means, target], { axis: 1 });
  const rest = g.node("ScatterElements", [means, target, g.node("Mul", [own, g.scalar(0)])], { axis: 1 });
  const others = rowSum(g, rest);
  const scale = g.node("Div", [probability ? own : g.scalar(1), g.node("Add", [own, others])]);
  const signed = g.node("ScatterElements", [g.node("Neg", [rest]), target, others], { axis: 1 });
  return {
    scores: probability ? g.node("Exp", [logProb]) : logProb,
    multipliers: g.node("Mul", [signed, scale]),
  };
}
