import source from "../../../shaders/block/head_norm.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import { type Dispatch, wholeBuffer } from "../../gpu/pass.ts";
import type { AttentionAttributes } from "../attention/attention_layout.ts";
import { type KernelMode, modeFlags } from "../kernel_mode.ts";
import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import {
  type KernelContext,
  type LoweringContext,
  matrix,
  type Op,
  type ReferenceContext,
  requireShape,
  type ValueType,
} from "../op.ts";
import { cutLike } from "./cut_like.ts";
import { lowerNorm, lowerNormBackward, lowerNormTangent } from "./lowered_norm.ts";
import { normBackward, normForward, type NormRule, normTangent } from "./norm_rules.ts";
import { vectorsFor } from "./vector.ts";

/** RMSNorm of each head of queries and keys; values stay. */
export interface HeadNormAttributes extends Pick<AttentionAttributes, "heads" | "kvHeads" | "headSize"> {
  /** [2 Dh]: of queries, then of keys. */
  readonly weight: string;
  readonly epsilon: number;
}

/**
 * x [.., (H + 2K) Dh] → y of that shape: each head of queries and keys is w ∘ x · r, r = (mean(x²) + ε)^−½, with the
 * weight of its kind (Dehghani et al. 2023, "Scaling Vision Transformers to 22 Billion Parameters", in the form of
 * Qwen3 and Gemma 3).
 */
export const headNorm: Op<HeadNormAttributes> = {
  name: "headNorm",
  types: (attributes, inputs) => sameRows("headNorm", attributes, inputs),
  reference: (context) => eachHead(context, normForward),
  lower: (context) => lowerHeads(context, (g, norm) => lowerNorm(g, norm)),
  vjp: (g, { attributes, inputs: [x] }, [dy]) => [
    dy && g.emit(headNormBackward, { ...attributes }, [cutLike(g, x, dy), dy])[0],
  ],
  jvp: (g, { attributes, inputs: [x] }, [tx]) => [tx && g.emit(headNormTangent, { ...attributes }, [x, tx])[0]],
  kernels: (context) => launch(context, "forward"),
};

/** x, dy → dx = r · (w ∘ dy) − x · (r³/Dh) · Σ_j w_j dy_j x_j within each head; dy at values. */
export const headNormBackward: Op<HeadNormAttributes> = {
  name: "headNormBackward",
  types: (attributes, inputs) => sameRows("headNormBackward", attributes, inputs),
  reference: (context) => eachHead(context, normBackward),
  lower: (context) => lowerHeads(context, lowerNormBackward),
  vjp: null,
  jvp: null,
  kernels: (context) => launch(context, "backward"),
};

/** x, tx → ty = w ∘ (tx · r − x · (r³/Dh) · Σ_j x_j tx_j) within each head; tx at values. */
export const headNormTangent: Op<HeadNormAttributes> = {
  name: "headNormTangent",
  types: (attributes, inputs) => sameRows("headNormTangent", attributes, inputs),
  reference: (context) => eachHead(context, normTangent),
  lower: (context) => lowerHeads(context, lowerNormTangent),
  vjp: null,
  jvp: null,
  kernels: (context) => launch(context, "tangent"),
};

function sameRows(op: string, { heads, kvHeads, headSize }: HeadNormAttributes, inputs: readonly ValueType[]) {
  const [x] = inputs;
  const width = (heads + 2 * kvHeads) * headSize;
  const fits = matrix(x).columns === width && inputs.every(({ shape }) => String(shape) === String(x.shape));
  requireShape(fits, op, `of one shape [.., ${width}]`, inputs);
  return [{ shape: x.shape, dtype: "f32" }] satisfies ValueType[];
}

function eachHead({ attributes, inputs, inputTypes, weight }: ReferenceContext<HeadNormAttributes>, rule: NormRule) {
  const { heads, kvHeads, headSize: Dh, epsilon } = attributes;
  const [x, other = x] = inputs;
  const { rows, columns } = matrix(inputTypes[0]);
  const w = weight(attributes.weight).values;
  const y = other.slice();
  for (let m = 0; m < rows; m++) {
    for (let head = 0; head < heads + kvHeads; head++) {
      const at = m * columns + head * Dh;
      const own = (values: Float64Array) => values.subarray(at, at + Dh);
      const row = own(x);
      const r = 1 / Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / Dh + epsilon);
      rule(row, head < heads ? w.subarray(0, Dh) : w.subarray(Dh), r, own(other), own(y));
    }
  }
  return [y];
}

/** Applies a rule to the heads of queries and of keys, each with the weights of its kind. */
function lowerHeads(
  { attributes, g, inputs, weight }: LoweringContext<HeadNormAttributes>,
  rule: (g: OnnxEmitter, norm: Parameters<typeof lowerNorm>[1], other: Tensor) => Tensor,
): Tensor[] {
  const { heads, kvHeads, headSize: Dh, epsilon, weight: name } = attributes;
  const kinds = (x: Tensor) => {
    const split = g.node("Reshape", [x, g.ints(-1, heads + 2 * kvHeads, Dh)]);
    return g.nodes("Split", [split, g.ints(heads, kvHeads, kvHeads)], 3, { axis: 1 });
  };
  const [own, others] = [kinds(inputs[0]), kinds(inputs[inputs.length - 1])];
  const weights = g.nodes("Split", [g.node("Reshape", [weight(name).values(), g.ints(-1)])], 2, { num_outputs: 2 });
  const normed = weights.map((w, i) => rule(g, { x: own[i], w, size: Dh, epsilon }, others[i]));
  const joined = g.node("Concat", [...normed, others[2]], { axis: 1 });
  return [g.node("Reshape", [joined, g.ints(-1, (heads + 2 * kvHeads) * Dh)])];
}

// Threads that share a head: by no number of rows, so that the order of the sums is the same for any.
const ACROSS = 8;

function launch(
  { attributes, inputs, inputTypes, outputs, weight }: KernelContext<HeadNormAttributes>,
  mode: KernelMode,
) {
  const { heads, kvHeads, headSize, epsilon } = attributes;
  const all = matrix(inputTypes[0]).rows * (heads + 2 * kvHeads);
  const [x, other = null] = inputs;
  const kernel = specialize("head_norm", [vectorsFor(headSize).source, source], {
    ...modeFlags(mode),
    ACROSS,
    HEADS: heads,
    KV_HEADS: kvHeads,
    HEAD: headSize,
    EPSILON: { f32: epsilon },
  });
  const w = wholeBuffer(weight(attributes.weight).segments[0].data);
  return [
    { kernel, bindings: [x, other, w, outputs[0]], params: [all], workgroups: grid(all * ACROSS, 64) },
  ] satisfies Dispatch[];
}
