import formSource from "../../../shaders/rules/secant_form.wgsl" with { type: "text" };
import source from "../../../shaders/rules/pulled_gate.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import type { Dispatch } from "../../gpu/pass.ts";
import type { Tensor } from "../../onnx/lowering.ts";
import type { Gate } from "../block/gated_unit.ts";
import { GELU } from "../block/geglu.ts";
import { SILU } from "../block/swiglu.ts";
import { vectorsFor } from "../block/vector.ts";
import { elements, type KernelContext, type LoweringContext, matrix, type NoAttributes, type Op } from "../op.ts";
import { requireShape } from "../op.ts";
import { halves, loweredPartners, partnersOf, scaled, type SecantForm } from "./secant_form.ts";
import { lowerHalfSigmoidSlope, sigmoidSlope, slopeSources } from "./slopes.ts";

/** The share of the identity rule that each factor of the product of gate and value gets. */
const SHARE = 0.5;

/**
 * [g | u] [2n, R, 2F] of n starts and then their n ends, dm [n, R, F] → [m_g | m_u] [n, R, 2F] with Σ m_g Δg + m_u Δu =
 * Σ dm Δ(a u), a = g s the gate: m_u = ā dm, m_g = ū dm Δa/Δg, Δa/Δg = s̄ + ḡ Δs/Δg. If it is ordered, a₁ and u₀.
 */
function gateSecant(gate: Gate): Op<SecantForm> {
  return {
    ...pulledGate<SecantForm>(gate.secant, 2),
    reference({ attributes, inputs: [x, dm], inputTypes }) {
      const { late, early } = partnersOf(attributes);
      const F = matrix(inputTypes[1]).columns;
      const y = new Float64Array(x.length / 2);
      const gateAt = (g: number) => g / (1 + Math.exp(-gate.argument(g)));
      dm.forEach((value, i) => {
        const at = 2 * F * Math.floor(i / F) + i % F;
        const [[g0, u0], [g1, u1]] = [at, at + y.length].map((place) => [x[place], x[place + F]]);
        const [k0, k1] = [g0, g1].map((g) => gate.argument(g));
        const s = (1 / (1 + Math.exp(-k0)) + 1 / (1 + Math.exp(-k1))) / 2;
        const slope = s + (g0 + g1) / 2 * sigmoidSlope(k0, k1) * gate.slopeBetween(g0, g1);
        y[at] = value * early(u0, u1) * slope;
        y[at + F] = value * late(gateAt(g0), gateAt(g1));
      });
      return [y];
    },
    lower: (context) => [lowerSecant(gate, context)],
    kernels: (context) => launch(gate.secant, gate, context, context.attributes),
  };
}

/**
 * [g | u], dm [.., F] → ½ [dm u s | dm g s]: the gate a = g s taken as linear with the constant s (the identity rule),
 * and its product with u shared evenly.
 */
function gateIdentity(gate: Gate): Op<NoAttributes> {
  return {
    ...pulledGate<NoAttributes>(gate.identity, 1),
    reference({ inputs: [x, dm], inputTypes }) {
      const F = matrix(inputTypes[1]).columns;
      const y = new Float64Array(x.length);
      dm.forEach((value, i) => {
        const at = 2 * F * Math.floor(i / F) + i % F;
        const s = SHARE / (1 + Math.exp(-gate.argument(x[at])));
        y[at] = value * x[at + F] * s;
        y[at + F] = value * x[at] * s;
      });
      return [y];
    },
    lower({ g, inputs: [x, dm] }) {
      const [gated, up] = g.nodes("Split", [x], 2, { axis: 1, num_outputs: 2 });
      const s = g.node("Sigmoid", [gate.lowerArgument(g, gated).value]);
      const shared = g.node("Mul", [g.node("Mul", [dm, g.scalar(SHARE)]), s]);
      return [g.node("Concat", [g.node("Mul", [shared, up]), g.node("Mul", [shared, gated])], { axis: 1 })];
    },
    kernels: (context) => launch(gate.identity, gate, context, null),
  };
}

/** The parts that the ops have in common, for so many points a row. */
function pulledGate<A>(name: string, points: 1 | 2): Pick<Op<A>, "name" | "recompute" | "types" | "vjp" | "jvp"> {
  return {
    name,
    recompute: { wide: 0 },
    types(_attributes, [x, dm]) {
      const expected = points === 2 ? "[2n, R, 2 F] and [n, R, F]" : "[.., 2 F] and [.., F]";
      requireShape(elements(x) === 2 * points * elements(dm), name, expected, [x, dm]);
      return [{ shape: [...dm.shape.slice(0, -1), 2 * matrix(dm).columns], dtype: "f32" }];
    },
    vjp: null,
    jvp: null,
  };
}

function lowerSecant(gate: Gate, { attributes, g, inputs: [x, dm] }: LoweringContext<SecantForm>): Tensor {
  const { late, early, factor } = loweredPartners(g, attributes);
  // Cut before anything is computed: halves of results would be copies.
  const [[g0, u0], [g1, u1]] = halves(g, x).map((one) => g.nodes("Split", [one], 2, { axis: 1, num_outputs: 2 }));
  const [k0, k1] = [g0, g1].map((one) => gate.lowerArgument(g, one).value);
  const [s0, s1] = [k0, k1].map((one) => g.node("Sigmoid", [one]));
  const [a0, a1] = [[g0, s0], [g1, s1]].map((factors) => g.node("Mul", factors));
  const mean = g.node("Mul", [g.node("Add", [s0, s1]), g.scalar(0.5)]);
  const between = lowerHalfSigmoidSlope(g, { points: [k0, k1], values: [s0, s1], mean });
  const inner = gate.lowerSlopeBetween(g, g0, g1);
  const steep = inner === null ? between : g.node("Mul", [between, inner]);
  // (s₀ + s₁ + (g₀ + g₁) Δs/Δg) / 2
  const slope = g.node("Add", [mean, g.node("Mul", [g.node("Add", [g0, g1]), steep])]);
  const m = scaled(g, dm, factor);
  const ofGate = g.node("Mul", [g.node("Mul", [m, early(u0, u1)]), slope]);
  return g.node("Concat", [ofGate, g.node("Mul", [m, late(a0, a1)])], { axis: 1 });
}

function launch(
  name: string,
  { GELU }: Gate,
  { inputs, inputTypes, outputs }: KernelContext<unknown>,
  form: SecantForm | null,
): Dispatch[] {
  const { rows, columns: F } = matrix(inputTypes[1]);
  const vectors = vectorsFor(F);
  const text = { GELU, PAIRED: form !== null, ORDERED: form?.ordered ?? false };
  return [{
    kernel: specialize(name, [vectors.source, ...slopeSources("Vec"), formSource, source], { F }, text),
    bindings: [...inputs, ...outputs],
    params: [rows],
    workgroups: grid(rows * F / vectors.width, 64),
  }];
}

export const swigluSecant = gateSecant(SILU);
export const gegluSecant = gateSecant(GELU);
export const swigluIdentity = gateIdentity(SILU);
export const gegluIdentity = gateIdentity(GELU);
