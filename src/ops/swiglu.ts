import source from "../../shaders/swiglu.wgsl" with { type: "text" };
import { grid, specialize } from "../gpu/kernel.ts";
import type { Dispatch } from "../gpu/pass.ts";
import { cutLike } from "./cut.ts";
import { elements, type KernelContext, matrix, type Op, type ReferenceContext, requireShape } from "./op.ts";
import { vectorsFor } from "./vector.ts";

type None = Record<never, never>;

/** [g | u] [.., 2F] → m [.., F], m = silu(g) ∘ u (Shazeer 2020, "GLU Variants Improve Transformer"). */
export const swiglu: Op<None> = {
  types: (_attributes, [x]) => {
    requireShape(matrix(x).columns % 2 === 0, "swiglu", "[.., 2 F]", [x]);
    return [{ shape: [...x.shape.slice(0, -1), matrix(x).columns / 2], dtype: "f32" }];
  },
  reference: (context) =>
    eachPair(context, 1, (g, u, _at, y, out) => {
      y[out] = g / (1 + Math.exp(-g)) * u;
    }),
  vjp: (g, { inputs: [x] }, [dm]) => [dm && g.emit("swigluBackward", {}, [cutLike(g, x, dm), dm])[0]],
  jvp: (g, { inputs: [x] }, [tx]) => [tx && g.emit("swigluTangent", {}, [x, tx])[0]],
  kernels: (context) => launch(context, 0),
};

/** [g | u] [.., 2F], dm [.., F] → [dg | du], du = dm · gσ, dg = dm · u · σ(1 + g(1 − σ)), σ = sigmoid(g). */
export const swigluBackward: Op<None> = {
  types: (_attributes, [x, dm]) => {
    requireShape(elements(x) === 2 * elements(dm), "swigluBackward", "[.., 2 F] and [.., F]", [x, dm]);
    return [{ shape: x.shape, dtype: "f32" }];
  },
  reference: (context) =>
    eachPair(context, 2, (g, u, at, y, out, F) => {
      const s = 1 / (1 + Math.exp(-g));
      const dm = context.inputs[1][at.narrow];
      y[out] = dm * u * s * (1 + g * (1 - s));
      y[out + F] = dm * g * s;
    }),
  vjp: null,
  jvp: null,
  kernels: (context) => launch(context, 1),
};

/** [g | u], [tg | tu] [.., 2F] → tm [.., F], tm = tg · u · σ(1 + g(1 − σ)) + tu · gσ. */
export const swigluTangent: Op<None> = {
  types: (_attributes, [x, tx]) => {
    requireShape(elements(x) === elements(tx), "swigluTangent", "two of [.., 2 F]", [x, tx]);
    return [{ shape: [...x.shape.slice(0, -1), matrix(x).columns / 2], dtype: "f32" }];
  },
  reference: (context) =>
    eachPair(context, 1, (g, u, at, y, out, F) => {
      const s = 1 / (1 + Math.exp(-g));
      const tx = context.inputs[1];
      y[out] = tx[at.wide] * u * s * (1 + g * (1 - s)) + tx[at.wide + F] * g * s;
    }),
  vjp: null,
  jvp: null,
  kernels: (context) => launch(context, 2),
};

/** Indices of one (g, u) pair in values of 2F and of F columns. */
interface PairIndex {
  readonly wide: number;
  readonly narrow: number;
}
type PairRule = (g: number, u: number, at: PairIndex, y: Float64Array, out: number, F: number) => void;

function eachPair({ inputs: [x], inputTypes }: ReferenceContext<None>, width: 1 | 2, rule: PairRule): Float64Array[] {
  const { rows, columns } = matrix(inputTypes[0]);
  const F = columns / 2;
  const y = new Float64Array(rows * F * width);
  for (let m = 0; m < rows; m++) {
    for (let f = 0; f < F; f++) {
      const at = { wide: m * 2 * F + f, narrow: m * F + f };
      rule(x[at.wide], x[at.wide + F], at, y, width === 2 ? at.wide : at.narrow, F);
    }
  }
  return [y];
}

function launch({ inputs, inputTypes, outputs }: KernelContext<None>, mode: number): Dispatch[] {
  const { rows, columns } = matrix(inputTypes[0]);
  const F = columns / 2;
  const vectors = vectorsFor(F);
  const [x, other = x] = inputs;
  return [{
    kernel: specialize("swiglu", [vectors.source, source], { MODE: mode, F }),
    bindings: [x, other, outputs[0]],
    params: [rows],
    workgroups: grid(rows * F / vectors.width, 64),
  }];
}
