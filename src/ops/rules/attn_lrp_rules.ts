import { attention } from "../attention/attention.ts";
import { cutLike } from "../block/cut_like.ts";
import type { NoAttributes, Op } from "../op.ts";
import { gegluIdentity, swigluIdentity } from "./pulled_gate.ts";
import type { ReverseRule, ReverseRules } from "./reverse_rules.ts";
import { frozenHeadNorm, frozenNorm, shareAttention } from "./shared_rules.ts";

/**
 * AttnLRP in gradient form, so that input × gradient is its relevance (Achtibat et al. 2024, "AttnLRP", in the form of
 * Arras et al. 2025, "A Close Look at Decomposition-based XAI-Methods for Transformer Language Models"): norms frozen,
 * the identity rule at gates, products shared evenly, softmax by its derivative.
 */
export const ATTN_LRP: ReverseRules = {
  attention: (g, node, cotangents) =>
    attention.vjp!(g, node, cotangents).map((gradient) => gradient && shareAttention(g, node.attributes, gradient)),
  geglu: identity(gegluIdentity),
  headNorm: frozenHeadNorm,
  rmsNorm: frozenNorm,
  swiglu: identity(swigluIdentity),
};

function identity(op: Op<NoAttributes>): ReverseRule<NoAttributes> {
  return (g, { inputs: [x] }, [dm]) => [dm && g.emit(op, {}, [cutLike(g, x, dm), dm])[0]];
}
