import { type BufferRange, type Dispatch, wholeBuffer } from "../../gpu/pass.ts";
import { rmsNorm, type RmsNormAttributes } from "../block/rms_norm.ts";
import { swiglu } from "../block/swiglu.ts";
import { type Applied, applies, type Fused, type KernelContext, type Op, requireShape, type ValueType } from "../op.ts";
import { addedTo, linear, type LinearAttributes } from "./linear.ts";
import type { ForwardBuffers } from "./product.ts";
import { singleProduct } from "./single_product.ts";

/** A product of one row with the norm before it and the gate after it. */
export interface DecodeLinearAttributes extends LinearAttributes {
  /** Null: x is taken as it is. */
  readonly norm: RmsNormAttributes | null;
  /** True if W is [gate | up] of F rows each, without a bias, and y = silu(gate) ∘ up. */
  readonly gated: boolean;
}

/**
 * x [1, K] → y [1, N], or [1, N / 2] if gated: `rmsNorm`, `linear` of a single row and `swiglu` as one op, which fusing
 * makes; with a residual as `linear` takes it, unless gated. A launch on software Vulkan takes 40 µs, longer than the
 * norm or the gate. It has no derivatives. K is a multiple of 64, so that every format can be read by whole blocks.
 */
export const decodeLinear: Op<DecodeLinearAttributes> = {
  name: "decodeLinear",
  takesResidual: ({ bias, gated }, inputs) => bias === null && !gated && inputs === 1,
  fuse: (node, before) => fuseNorm(node, before(0)) ?? fuseGate(node, before(0)),
  types({ gated, ...attributes }, inputs) {
    const fits = attributes.inner % 64 === 0 && (!gated || inputs.length === 1 && attributes.outputs % 2 === 0);
    requireShape(fits, "decodeLinear", "[1, a multiple of 64], and no residual beside a gate", inputs);
    const products = linear.types({ ...attributes, single: true }, inputs);
    return gated ? swiglu.forward.types({}, products) : products;
  },
  reference(context) {
    const { attributes, inputs, inputTypes, weight } = context;
    const { norm, gated } = attributes;
    const [x, ...rest] = inputs;
    const [type] = inputTypes;
    const [normed] = norm === null
      ? [x]
      : rmsNorm.reference({ attributes: norm, inputs: [x], inputTypes: [type], outputTypes: [type], weight });
    const productTypes = linear.types(attributes, inputTypes);
    const products = linear.reference({ ...context, inputs: [normed, ...rest], outputTypes: productTypes });
    return gated ? swiglu.forward.reference({ ...context, inputs: products, inputTypes: productTypes }) : products;
  },
  lower(context) {
    const { attributes: { norm, gated, ...attributes }, inputs: [x, ...rest] } = context;
    const [normed] = norm === null ? [x] : rmsNorm.lower({ ...context, attributes: norm });
    const products = linear.lower({ ...context, attributes, inputs: [normed, ...rest] });
    return gated ? swiglu.forward.lower({ ...context, attributes: {}, inputs: products }) : products;
  },
  vjp: null,
  jvp: null,
  // For gates whose rows lie in several bindings.
  scratch: ({ gated, outputs }) => gated ? [outputs] : [],
  kernels(context) {
    const { attributes, inputs: [, residual = null], outputs: [y], weight } = context;
    const w = weight(attributes.weight);
    const added = addedTo(attributes, residual, weight);
    if (attributes.gated && w.segments.length === 1) {
      const F = attributes.outputs / 2;
      return product(context, { segment: 0, count: F, to: y, stride: F, up: F, added: null });
    }
    const { gated, outputs } = attributes;
    const to = gated ? context.scratch[0] : y;
    const products = w.segments.flatMap((one, segment) =>
      product(context, { segment, count: one.rows, to, stride: outputs, up: null, added })
    );
    if (!gated) return products;
    const inputTypes: ValueType[] = [{ shape: [1, outputs], dtype: "f32" }];
    return [
      ...products,
      ...swiglu.forward.kernels({ ...context, attributes: {}, inputs: [to], inputTypes, outputs: [y] }),
    ];
  },
};

/** Takes in the norm before a product of one row. */
function fuseNorm(node: Applied, before: Applied | null): Fused | null {
  if (!isSingle(node) || !applies(before, rmsNorm)) return null;
  const attributes: DecodeLinearAttributes = { ...node.attributes, norm: before.attributes, gated: false };
  return { absorbs: 0, op: decodeLinear, attributes, inputs: [before.inputs[0], ...node.inputs.slice(1)] };
}

/** Takes in the product of one row before a gate, with the norm that it may have. */
function fuseGate(node: Applied, before: Applied | null): Fused | null {
  if (!applies(node, swiglu.forward) || before === null) return null;
  const product = isSingle(before) ? { ...before.attributes, norm: null, gated: false } : null;
  const ungated = applies(before, decodeLinear) ? before.attributes : product;
  if (ungated === null || ungated.gated || ungated.bias !== null || before.inputs.length > 1) return null;
  const attributes: DecodeLinearAttributes = { ...ungated, gated: true };
  return { absorbs: 0, op: decodeLinear, attributes, inputs: before.inputs };
}

/** True if a node is a product of one row that whole blocks of any format make up. */
function isSingle(node: Applied): node is Applied & { readonly attributes: LinearAttributes } {
  return applies(node, linear) && node.attributes.single === true && node.attributes.inner % 64 === 0;
}

interface Part {
  /** Index of the segment, whose first `count` rows are taken. */
  readonly segment: number;
  readonly count: number;
  readonly to: BufferRange;
  /** Columns of `to`. */
  readonly stride: number;
  readonly up: number | null;
  readonly added: ForwardBuffers["added"];
}

function product(
  context: KernelContext<DecodeLinearAttributes>,
  { segment: at, to, stride, up, added, count }: Part,
): Dispatch[] {
  const { attributes: { weight: name, norm }, inputs: [x], weight, subgroups, tuning, software = false } = context;
  const w = weight(name);
  const segment = w.segments[at];
  const normWeight = norm && { weight: wholeBuffer(weight(norm.weight).segments[0].data), epsilon: norm.epsilon };
  const fusion = { norm: normWeight, up };
  return singleProduct(
    { x, w, segment, weightRow: 0, count, added, y: to, subgroups, tuning, software, fusion },
    { column: up === null ? segment.rowStart : 0, stride },
  );
}
