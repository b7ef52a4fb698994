import formSource from "../../../shaders/rules/secant_form.wgsl" with { type: "text" };
import source from "../../../shaders/rules/pulled_norm.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import { type Dispatch, wholeBuffer } from "../../gpu/pass.ts";
import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import type { HeadNormAttributes } from "../block/head_norm.ts";
import { inverseRoot, type LoweredNorm } from "../block/lowered_norm.ts";
import type { RmsNormAttributes } from "../block/rms_norm.ts";
import { threadsAcross, vectorsFor } from "../block/vector.ts";
import {
  elements,
  type KernelContext,
  type LoweringContext,
  matrix,
  type Op,
  type ReferenceContext,
  requireShape,
  type ValueType,
} from "../op.ts";
import { halves, loweredPartners, partnersOf, scaled, type SecantForm } from "./secant_form.ts";

/** Which rows share a norm: whole rows, or the heads of queries and keys, beside which those of values are copied. */
type Heads = Pick<HeadNormAttributes, "heads" | "kvHeads" | "headSize">;
type NormAttributes = RmsNormAttributes & Partial<Heads>;

/** A rule's result for one normed vector. */
type PulledNorm = (
  w: Float32Array,
  dy: Float64Array,
  starts: Float64Array,
  ends: Float64Array,
  epsilon: number,
) => (d: number) => number;

/**
 * x [2n, R, D] of n starts and then their n ends, dy [n, R, D] → m [n, R, D] with Σ m Δx = Σ dy Δy, the norm's change
 * between start and end: m = r̄ v − (2/D) r₀² r₁² / (r₀ + r₁) ⟨v, x̄⟩ x̄, v = w ∘ dy, as Δr = −r₀² r₁² / (r₀ + r₁) Δ
 * mean(x²). If it is ordered, r₁ v and ⟨v, x₀⟩. A third input of m's shape is added to it.
 */
export const rmsNormSecant: Op<RmsNormAttributes & SecantForm> = pulledNorm("rmsNormSecant", true);

/** The same within each head of queries and keys; dy at values. */
export const headNormSecant: Op<HeadNormAttributes & SecantForm> = pulledNorm("headNormSecant", true);

/** x, dy [.., D] → r · (w ∘ dy): the norm's r taken for a constant. A third input of that shape is added to it. */
export const rmsNormFrozen: Op<RmsNormAttributes> = pulledNorm("rmsNormFrozen", false);

/** The same within each head of queries and keys; dy at values. */
export const headNormFrozen: Op<HeadNormAttributes> = pulledNorm("headNormFrozen", false);

function pulledNorm<A extends NormAttributes>(name: string, paired: boolean): Op<A> {
  const formOf = (attributes: A) => ({ ordered: "ordered" in attributes && attributes.ordered === true });
  return {
    name,
    takesResidual: (_attributes, inputs) => inputs === 2,
    types(_attributes, inputs) {
      const [x, dy] = inputs;
      const fits = elements(x) === elements(dy) * (paired ? 2 : 1) && inputs.slice(1).every((one) => alike(one, dy));
      requireShape(fits, name, paired ? "[2n, R, D] and [n, R, D]" : "of one shape", inputs);
      return [{ shape: dy.shape, dtype: "f32" }];
    },
    reference: (context) =>
      eachVector(context, paired ? secantRule(formOf(context.attributes)) : frozenRule, headsOf(context)),
    lower: (context) => lowerHeads(context, paired, formOf(context.attributes)),
    vjp: null,
    jvp: null,
    kernels: (context) => launch(name, context, paired, formOf(context.attributes)),
  };
}

function alike(a: ValueType, b: ValueType): boolean {
  return String(a.shape) === String(b.shape);
}

/** The heads of a row; a norm of whole rows is one head of queries. */
function headsOf({ attributes, inputTypes }: Pick<ReferenceContext<NormAttributes>, "attributes" | "inputTypes">) {
  const { heads = 1, kvHeads = 0, headSize = matrix(inputTypes[0]).columns } = attributes;
  return { heads, kvHeads, headSize };
}

function secantRule(form: SecantForm): PulledNorm {
  const { late, early } = partnersOf(form);
  return (w, dy, starts, ends, epsilon) => {
    const D = dy.length;
    const [first, last] = [starts, ends].map((x) => 1 / Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / D + epsilon));
    let along = 0;
    for (let d = 0; d < D; d++) along += w[d] * dy[d] * early(starts[d], ends[d]);
    const pull = 2 / D * (first * last) ** 2 / (first + last) * along;
    return (d) => late(first, last) * w[d] * dy[d] - pull * (starts[d] + ends[d]) / 2;
  };
}

const frozenRule: PulledNorm = (w, dy, x, _ends, epsilon) => {
  const r = 1 / Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length + epsilon);
  return (d) => r * w[d] * dy[d];
};

function eachVector(
  { attributes, inputs: [x, dy, residual], weight }: ReferenceContext<NormAttributes>,
  rule: PulledNorm,
  { heads, kvHeads, headSize }: Heads,
): Float64Array[] {
  const w = weight(attributes.weight).values;
  const all = heads + 2 * kvHeads;
  const y = Float64Array.from(dy, (value, i) => value + (residual?.[i] ?? 0));
  for (let at = 0; at < dy.length; at += headSize) {
    const head = at / headSize % all;
    if (head >= heads + kvHeads) continue;
    const own = head < heads ? w.subarray(0, headSize) : w.subarray(headSize);
    const [starts, ends] = [at, at + x.length - dy.length].map((from) => x.subarray(from, from + headSize));
    const valueAt = rule(own, dy.subarray(at, at + headSize), starts, ends, attributes.epsilon);
    for (let d = 0; d < headSize; d++) y[at + d] = valueAt(d) + (residual?.[at + d] ?? 0);
  }
  return [y];
}

/** Applies the rule to whole rows, or to the heads of queries and of keys. */
function lowerHeads(context: LoweringContext<NormAttributes>, paired: boolean, form: SecantForm): Tensor[] {
  const { attributes, g, inputs: [x, dy, residual = null], weight } = context;
  const { heads, kvHeads, headSize: size } = headsOf(context);
  const w = g.node("Reshape", [weight(attributes.weight).values(), g.ints(-1)]);
  const pull = (own: Tensor, given: Tensor, weights: Tensor) => {
    const norm = { x: own, w: weights, size, epsilon: attributes.epsilon };
    return paired
      ? lowerSecant(g, norm, given, form)
      : g.node("Mul", [g.node("Mul", [given, weights]), inverseRoot(g, norm)]);
  };
  const added = (m: Tensor) => [residual === null ? m : g.node("Add", [m, residual])];
  if (kvHeads === 0) return added(pull(x, dy, w));
  const kinds = (all: Tensor) => {
    const split = g.node("Reshape", [all, g.ints(-1, heads + 2 * kvHeads, size)]);
    return g.nodes("Split", [split, g.ints(heads, kvHeads, kvHeads)], 3, { axis: 1 });
  };
  const [own, given] = [kinds(x), kinds(dy)];
  const weights = g.nodes("Split", [w], 2, { num_outputs: 2 });
  const pulled = weights.map((one, i) => pull(own[i], given[i], one));
  const joined = g.node("Concat", [...pulled, given[2]], { axis: 1 });
  return added(g.node("Reshape", [joined, g.ints(-1, (heads + 2 * kvHeads) * size)]));
}

function lowerSecant(g: OnnxEmitter, norm: LoweredNorm, dy: Tensor, form: SecantForm): Tensor {
  const { late, early, factor } = loweredPartners(g, form);
  const { x, w, size } = norm;
  const [start, end] = halves(g, x);
  const [first, last] = halves(g, inverseRoot(g, norm));
  const v = g.node("Mul", [dy, w]);
  const along = g.node("ReduceSum", [g.node("Mul", [v, early(start, end)]), g.ints(-1)]);
  const product = g.node("Mul", [first, last]);
  const slope = g.node("Div", [g.node("Mul", [product, product]), g.node("Add", [first, last])]);
  // (2/D) ∘ x̄ is (x₀ + x₁) / D.
  const pull = scaled(g, g.node("Mul", [slope, along]), factor / size);
  const moved = g.node("Mul", [v, scaled(g, late(first, last), factor)]);
  return g.node("Sub", [moved, g.node("Mul", [g.node("Add", [start, end]), pull])]);
}

function launch(
  name: string,
  context: KernelContext<NormAttributes>,
  PAIRED: boolean,
  { ordered: ORDERED }: SecantForm,
): Dispatch[] {
  const { attributes, inputs: [x, dy, residual = null], inputTypes, outputs, weight } = context;
  const { heads, kvHeads, headSize } = headsOf(context);
  const vectors = vectorsFor(headSize);
  const ACROSS = threadsAcross(headSize);
  const all = elements(inputTypes[1]) / headSize;
  const kernel = specialize(name, [vectors.source, formSource, source], {
    PAIRED,
    ORDERED,
    RESIDUAL: residual !== null,
    ACROSS,
    HEADS: heads,
    KV_HEADS: kvHeads,
    HEAD: headSize,
    EPSILON: { f32: attributes.epsilon },
  });
  const w = wholeBuffer(weight(attributes.weight).segments[0].data);
  return [{
    kernel,
    bindings: [x, dy, w, outputs[0], residual],
    params: [all],
    workgroups: grid(all * ACROSS, 64),
  }];
}
