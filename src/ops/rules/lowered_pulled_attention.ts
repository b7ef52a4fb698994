import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import type { QueryAttributes } from "../attention/attention_layout.ts";
import { type BlockHeads, evenBlocks, rowHeads } from "../attention/lowered_attention.ts";
import { joinPulled, type PulledBlock } from "../attention/lowered_attention_backward.ts";
import { multiply, multiplyGroups, multiplyTransposed, scaleOf, splitHeads } from "../attention/lowered_scores.ts";
import type { LoweringContext } from "../op.ts";
import { pulledSizes } from "./pulled_sizes.ts";
import { changeOf, halves, loweredPartners, type SecantForm } from "./secant_form.ts";
import { lowerLogMean, lowerTanhSlope } from "./slopes.ts";

/** Weights ℓ of a block's keys before softmax's mean is taken off, the slopes of the scores; and partners. */
interface Weighing {
  readonly weights: Tensor;
  sloped(x: Tensor): Tensor;
  /** P̄, Q̄, K̄ and V̄ but for a factor. */
  readonly probabilities: Tensor;
  readonly queries: Tensor;
  readonly keys: Tensor;
  readonly values: Tensor;
  readonly factor: number;
}

/** `attentionSecant` of two points a sequence, and `attentionTempered` of one: a block of queries at a time. */
export function lowerPulledAttention(
  context: LoweringContext<QueryAttributes & Partial<SecantForm>>,
  points: 1 | 2,
): Tensor[] {
  const { attributes, g, inputs: [rows, , m], inputTypes } = context;
  const { heads, kvHeads, headSize, sequences: B } = attributes;
  const { S, N, n, own } = pulledSizes("attention", attributes, points, inputTypes[0], inputTypes[2]);
  const sizes = { S, N, n };
  const all = { ...attributes, sequences: points * B };
  const blocks = evenBlocks(g, all, sizes, rowHeads(g, all, sizes, rows));
  const multipliers = g.node("Reshape", [m, g.sizes(B, n, heads * headSize)]);
  const scale = scaleOf(attributes);
  const pulled = blocks.map((one) => {
    const { first, end } = one.block;
    const ownRows = blocks.length === 1
      ? multipliers
      : g.node("Slice", [multipliers, g.sizes(first), g.sizes(end), g.ints(1)]);
    const weighing = points === 2 ? weighPair(g, attributes, one) : weighTempered(g, one);
    return pullBlock(g, weighing, scale, splitHeads(g, ownRows, attributes, heads / kvHeads));
  });
  return [joinPulled(g, attributes, { n, own }, blocks, pulled)];
}

/** m_z = ℓ ∘ (m V̄ᵀ − ⟨ℓ, m V̄ᵀ⟩ / Σ ℓ) · slope; m_q = s m_z K̄, m_k = s m_zᵀ Q̄, m_v = P̄ᵀ m, s the scale. */
function pullBlock(g: OnnxEmitter, weighing: Weighing, scale: number, m: Tensor): PulledBlock {
  const { weights, sloped, probabilities, queries, keys, values, factor } = weighing;
  const free = multiplyTransposed(g, m, values, factor);
  const sum = g.node("ReduceSum", [g.node("Mul", [weights, free]), g.ints(4)]);
  const mean = g.node("Div", [sum, g.node("ReduceSum", [weights, g.ints(4)])]);
  const mz = sloped(g.node("Mul", [weights, g.node("Sub", [free, mean])]));
  return {
    dq: multiply(g, mz, keys, scale * factor),
    dk: multiplyGroups(g, mz, queries, scale * factor),
    dv: multiplyGroups(g, probabilities, m, factor),
  };
}

/** Of the starts and the ends: ℓ is the logarithmic mean of their probabilities. */
function weighPair(
  g: OnnxEmitter,
  { ordered = false, softCap }: QueryAttributes & Partial<SecantForm>,
  { q, k, v, scores: { products, logits, masked, probabilities } }: BlockHeads,
): Weighing {
  const { late, early, factor } = loweredPartners(g, { ordered });
  const [start, end] = halves(g, probabilities);
  const capped = (x: Tensor): Tensor => {
    if (softCap === undefined) return x;
    const [a, b] = halves(g, g.node("Mul", [products, g.scalar(1 / softCap)]));
    return g.node("Mul", [x, lowerTanhSlope(g, a, b)]);
  };
  // log Σ exp z, from the largest z and its probability. Logits are those before the mask, as keys that are not seen
  // have probability 0 and a finite difference.
  const [top, highest] = [masked, probabilities].map((x) => g.node("ReduceMax", [x, g.ints(4)]));
  const logSums = g.node("Sub", [top, g.node("Log", [highest])]);
  const [[q0, q1], [k0, k1], [v0, v1]] = [q, k, v].map((x) => halves(g, x));
  return {
    weights: lowerLogMean(g, g.node("Add", [start, end]), g.node("Sub", [changeOf(g, logits), changeOf(g, logSums)])),
    sloped: capped,
    probabilities: late(start, end),
    queries: late(q0, q1),
    keys: early(k0, k1),
    values: early(v0, v1),
    factor,
  };
}

/** Of one point: ℓ is its distribution at temperature two. */
function weighTempered(g: OnnxEmitter, { q, k, v, scores: { masked, probabilities, sloped } }: BlockHeads): Weighing {
  const tempered = g.node("Softmax", [g.node("Mul", [masked, g.scalar(0.5)])], { axis: -1 });
  return { weights: tempered, sloped, probabilities, queries: q, keys: k, values: v, factor: 1 };
}
