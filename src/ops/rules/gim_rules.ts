import { geglu } from "../block/geglu.ts";
import { swiglu } from "../block/swiglu.ts";
import type { NoAttributes, Op } from "../op.ts";
import { attentionTempered } from "./pulled_attention.ts";
import type { ReverseRule, ReverseRules } from "./reverse_rules.ts";
import { frozenHeadNorm, frozenNorm, shareAttention, shareGate } from "./shared_rules.ts";

/**
 * Gradient interaction modifications (Edin et al. 2025, "GIM: Improved Interpretability for Large Language Models"):
 * norms frozen, softmax backward at temperature two, products shared evenly, gates by their derivative.
 */
export const GIM: ReverseRules = {
  attention: (g, { attributes, inputs: [qkv], outputs: [, lse] }, [dOut]) => [
    dOut && shareAttention(g, attributes, g.emit(attentionTempered, { ...attributes }, [qkv, lse, dOut])[0]),
  ],
  geglu: shared(geglu.forward),
  headNorm: frozenHeadNorm,
  rmsNorm: frozenNorm,
  swiglu: shared(swiglu.forward),
};

/** The same with gates as they are, as `gim-explain` has it. */
export const GIM_WHOLE_GATES: ReverseRules = { ...GIM, geglu: geglu.forward.vjp!, swiglu: swiglu.forward.vjp! };

function shared(gate: Op<NoAttributes>): ReverseRule<NoAttributes> {
  return (g, node, cotangents) => gate.vjp!(g, node, cotangents).map((gradient) => gradient && shareGate(g, gradient));
}
