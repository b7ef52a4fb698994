import source from "../../../shaders/block/rms_norm.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import { type Dispatch, wholeBuffer } from "../../gpu/pass.ts";
import { type KernelMode, modeFlags } from "../kernel_mode.ts";
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
import { threadsAcross, vectorsFor } from "./vector.ts";

/** y = w ∘ x · r with r = (mean(x²) + ε)^−½. */
export interface RmsNormAttributes {
  /** w, [D] */
  readonly weight: string;
  readonly epsilon: number;
}

/** x [.., D] → y [.., D] (Zhang and Sennrich 2019, "Root Mean Square Layer Normalization"). */
export const rmsNorm: Op<RmsNormAttributes> = {
  name: "rmsNorm",
  types: (_attributes, [x]) => [x].map(({ shape }) => ({ shape, dtype: "f32" })),
  reference: (context) => eachRow(context, normForward),
  lower: (context) => [lowerNorm(context.g, loweredNorm(context))],
  vjp: (g, { attributes, inputs: [x] }, [dy]) => [
    dy && g.emit(rmsNormBackward, { ...attributes }, [cutLike(g, x, dy), dy])[0],
  ],
  jvp: (g, { attributes, inputs: [x] }, [tx]) => [tx && g.emit(rmsNormTangent, { ...attributes }, [x, tx])[0]],
  kernels: (context) => launch(context, "forward"),
};

/** x, dy [.., D] → dx = r · (w ∘ dy) − x · (r³/D) · Σ_j w_j dy_j x_j; a third input of that shape is added to it. */
export const rmsNormBackward: Op<RmsNormAttributes> = {
  name: "rmsNormBackward",
  takesResidual: (_attributes, inputs) => inputs === 2,
  types: (_attributes, inputs) => sameShapes("rmsNormBackward", inputs),
  reference: (context) => eachRow(context, normBackward),
  lower(context) {
    const { g, inputs: [, dy, residual = null] } = context;
    const dx = lowerNormBackward(g, loweredNorm(context), dy);
    return [residual === null ? dx : g.node("Add", [dx, residual])];
  },
  vjp: null,
  jvp: null,
  kernels: (context) => launch(context, "backward"),
};

/** x, tx [.., D] → ty = w ∘ (tx · r − x · (r³/D) · Σ_j x_j tx_j). */
export const rmsNormTangent: Op<RmsNormAttributes> = {
  name: "rmsNormTangent",
  types: (_attributes, inputs) => sameShapes("rmsNormTangent", inputs),
  reference: (context) => eachRow(context, normTangent),
  lower: (context) => [lowerNormTangent(context.g, loweredNorm(context), context.inputs[1])],
  vjp: null,
  jvp: null,
  kernels: (context) => launch(context, "tangent"),
};

function sameShapes(op: string, inputs: readonly ValueType[]): ValueType[] {
  const [x] = inputs;
  requireShape(inputs.every(({ shape }) => String(shape) === String(x.shape)), op, "of one shape", inputs);
  return [{ shape: x.shape, dtype: "f32" }];
}

function eachRow({ attributes, inputs, inputTypes, weight }: ReferenceContext<RmsNormAttributes>, rule: NormRule) {
  const [x, other = x, residual] = inputs;
  const { rows, columns: D } = matrix(inputTypes[0]);
  const w = weight(attributes.weight).values;
  const y = new Float64Array(x.length);
  for (let m = 0; m < rows; m++) {
    const rowOf = (values: Float64Array) => values.subarray(m * D, (m + 1) * D);
    const row = rowOf(x);
    let squares = 0;
    for (let d = 0; d < D; d++) squares += row[d] * row[d];
    const r = 1 / Math.sqrt(squares / D + attributes.epsilon);
    rule(row, w, r, rowOf(other), rowOf(y), residual && rowOf(residual));
  }
  return [y];
}

function loweredNorm({ attributes, inputs: [x], inputTypes, weight }: LoweringContext<RmsNormAttributes>) {
  const { weight: name, epsilon } = attributes;
  return { x, w: weight(name).values(), size: matrix(inputTypes[0]).columns, epsilon };
}

function launch(
  { attributes, inputs, inputTypes, outputs, weight }: KernelContext<RmsNormAttributes>,
  mode: KernelMode,
) {
  const { rows, columns } = matrix(inputTypes[0]);
  const ACROSS = threadsAcross(columns);
  const [x, other = null, residual = null] = inputs;
  const RESIDUAL = residual !== null;
  const kernel = specialize("rms_norm", [vectorsFor(columns).source, source], {
    ...modeFlags(mode),
    RESIDUAL,
    ACROSS,
    D: columns,
    EPSILON: { f32: attributes.epsilon },
  });
  const w = wholeBuffer(weight(attributes.weight).segments[0].data);
  return [
    { kernel, bindings: [x, other, w, outputs[0], residual], params: [rows], workgroups: grid(rows * ACROSS, 64) },
  ] satisfies Dispatch[];
}
