import source from "../../../shaders/block/gated_unit.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import type { Dispatch } from "../../gpu/pass.ts";
import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import { type KernelMode, modeFlags } from "../kernel_mode.ts";
import {
  elements,
  type KernelContext,
  matrix,
  type NoAttributes,
  type Op,
  type ReferenceContext,
  requireShape,
} from "../op.ts";
import { cutLike } from "./cut_like.ts";
import { vectorsFor } from "./vector.ts";

/** A gate g · s(g), s a sigmoid of `argument`. */
export interface Gate {
  /** The ops' names. */
  readonly forward: string;
  readonly backward: string;
  readonly tangent: string;
  readonly secant: string;
  readonly identity: string;
  /** True if the kernels' gate is GELU, not SiLU. */
  readonly GELU: boolean;
  /** The sigmoid's argument. */
  argument(g: number): number;
  /** The derivative of the argument. */
  argumentSlope(g: number): number;
  /** Both in ONNX operators; the slope is null if it is 1 everywhere. */
  lowerArgument(g: OnnxEmitter, x: Tensor): { readonly value: Tensor; readonly slope: Tensor | null };
  /** The change of the argument from a to b by b − a. */
  slopeBetween(a: number, b: number): number;
  /** The same in ONNX operators; null if it is 1 everywhere. */
  lowerSlopeBetween(g: OnnxEmitter, a: Tensor, b: Tensor): Tensor | null;
}

/** A gated linear unit and its derivatives, as ops. */
interface GatedUnit {
  /** [g | u] [.., 2F] → m [.., F], m = g · s(g) · u. */
  readonly forward: Op<NoAttributes>;
  /** [g | u], dm [.., F] → [dg | du], du = dm · g s, dg = dm · u · s (1 + g k′(g) (1 − s)), s = sigmoid(k(g)). */
  readonly backward: Op<NoAttributes>;
  /** [g | u], [tg | tu] → tm, tm = tg · u · s (1 + g k′(g) (1 − s)) + tu · g s. */
  readonly tangent: Op<NoAttributes>;
}

/** The ops of a gate (Shazeer 2020, "GLU Variants Improve Transformer"). */
export function gatedUnit(gate: Gate): GatedUnit {
  const sigmoidAt = (g: number) => 1 / (1 + Math.exp(-gate.argument(g)));
  /** The derivative of the gate g s. */
  const slopeAt = (g: number, s: number) => s * (1 + g * gate.argumentSlope(g) * (1 - s));
  /** Halves [g | u] of x, the gate g s and, if wanted, its derivative. */
  const lowerPair = (g: OnnxEmitter, x: Tensor) => {
    const [gated, up] = g.nodes("Split", [x], 2, { axis: 1, num_outputs: 2 });
    const { value: argument, slope: inner } = gate.lowerArgument(g, gated);
    const s = g.node("Sigmoid", [argument]);
    const value = g.node("Mul", [gated, s]);
    // s (1 + g k′ (1 − s)) = s + g s k′ (1 − s)
    const slope = () => {
      const rest = g.node("Mul", [value, g.node("Sub", [g.scalar(1), s])]);
      return g.node("Add", [s, inner === null ? rest : g.node("Mul", [rest, inner])]);
    };
    return { up, value, slope };
  };
  const forward: Op<NoAttributes> = {
    name: gate.forward,
    types: (_attributes, [x]) => {
      requireShape(matrix(x).columns % 2 === 0, gate.forward, "[.., 2 F]", [x]);
      return [{ shape: [...x.shape.slice(0, -1), matrix(x).columns / 2], dtype: "f32" }];
    },
    reference: (context) =>
      eachPair(context, 1, (g, u, { narrow }, y) => {
        y[narrow] = g * sigmoidAt(g) * u;
      }),
    lower({ g, inputs: [x] }) {
      const { value, up } = lowerPair(g, x);
      return [g.node("Mul", [value, up])];
    },
    vjp: (g, { inputs: [x] }, [dm]) => [dm && g.emit(backward, {}, [cutLike(g, x, dm), dm])[0]],
    jvp: (g, { inputs: [x] }, [tx]) => [tx && g.emit(tangent, {}, [x, tx])[0]],
    kernels: (context) => launch(gate, context, "forward"),
  };
  const backward: Op<NoAttributes> = {
    name: gate.backward,
    recompute: { wide: 0 },
    types: (_attributes, [x, dm]) => {
      requireShape(elements(x) === 2 * elements(dm), gate.backward, "[.., 2 F] and [.., F]", [x, dm]);
      return [{ shape: x.shape, dtype: "f32" }];
    },
    reference: (context) =>
      eachPair(context, 2, (g, u, { wide, narrow, F }, y, given) => {
        const s = sigmoidAt(g);
        const dm = given[narrow];
        y[wide] = dm * u * slopeAt(g, s);
        y[wide + F] = dm * g * s;
      }),
    lower({ g, inputs: [x, dm], inputTypes }) {
      const { value, up, slope } = lowerPair(g, x);
      // Reverse walks share the factors of dm.
      const factors = g.node("Concat", [g.node("Mul", [up, slope()]), value], { axis: 1 });
      const F = matrix(inputTypes[1]).columns;
      const pairs = g.node("Reshape", [factors, g.ints(-1, 2, F)]);
      const both = g.node("Mul", [pairs, g.node("Reshape", [dm, g.ints(-1, 1, F)])]);
      return [g.node("Reshape", [both, g.ints(-1, 2 * F)])];
    },
    vjp: null,
    jvp: null,
    kernels: (context) => launch(gate, context, "backward"),
  };
  const tangent: Op<NoAttributes> = {
    name: gate.tangent,
    types: (_attributes, [x, tx]) => {
      requireShape(elements(x) === elements(tx), gate.tangent, "two of [.., 2 F]", [x, tx]);
      return [{ shape: [...x.shape.slice(0, -1), matrix(x).columns / 2], dtype: "f32" }];
    },
    reference: (context) =>
      eachPair(context, 1, (g, u, { wide, narrow, F }, y, tx) => {
        const s = sigmoidAt(g);
        y[narrow] = tx[wide] * u * slopeAt(g, s) + tx[wide + F] * g * s;
      }),
    lower({ g, inputs: [x, tx] }) {
      const { value, up, slope } = lowerPair(g, x);
      const [tg, tu] = g.nodes("Split", [tx], 2, { axis: 1, num_outputs: 2 });
      return [g.node("Add", [g.node("Mul", [g.node("Mul", [tg, up]), slope()]), g.node("Mul", [tu, value])])];
    },
    vjp: null,
    jvp: null,
    kernels: (context) => launch(gate, context, "tangent"),
  };
  return { forward, backward, tangent };
}

/** Indices of one (g, u) pair in values of 2F and of F columns. */
interface PairIndex {
  wide: number;
  narrow: number;
  readonly F: number;
}
/** @param other the second input */
type PairRule = (g: number, u: number, at: PairIndex, y: Float64Array, other: Float64Array) => void;

function eachPair(
  { inputs: [x, other = x], inputTypes }: ReferenceContext<NoAttributes>,
  width: 1 | 2,
  rule: PairRule,
): Float64Array[] {
  const { rows, columns } = matrix(inputTypes[0]);
  // An integer to the engine, too.
  const F = columns / 2 | 0;
  const y = new Float64Array(rows * F * width);
  const at: PairIndex = { wide: 0, narrow: 0, F };
  for (let m = 0; m < rows; m++) {
    for (let f = 0; f < F; f++) {
      at.wide = m * 2 * F + f;
      at.narrow = m * F + f;
      rule(x[at.wide], x[at.wide + F], at, y, other);
    }
  }
  return [y];
}

function launch(
  { forward, GELU }: Gate,
  { inputs, inputTypes, outputs }: KernelContext<NoAttributes>,
  mode: KernelMode,
): Dispatch[] {
  const { rows, columns } = matrix(inputTypes[0]);
  const F = columns / 2;
  const vectors = vectorsFor(F);
  const [x, other = null] = inputs;
  return [{
    kernel: specialize(forward, [vectors.source, source], { ...modeFlags(mode), F }, { GELU }),
    bindings: [x, other, outputs[0]],
    params: [rows],
    workgroups: grid(rows * F / vectors.width, 64),
  }];
}
