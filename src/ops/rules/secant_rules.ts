import { cutLike } from "../block/cut_like.ts";
import type { HeadNormAttributes } from "../block/head_norm.ts";
import type { RmsNormAttributes } from "../block/rms_norm.ts";
import { rope } from "../attention/rope.ts";
import type { Differentiated, Op } from "../op.ts";
import { attentionSecant } from "./pulled_attention.ts";
import { gegluSecant, swigluSecant } from "./pulled_gate.ts";
import { headNormSecant, rmsNormSecant } from "./pulled_norm.ts";
import type { ReverseRule, ReverseRules } from "./reverse_rules.ts";
import type { SecantForm } from "./secant_form.ts";

/**
 * Multipliers of finite differences: values are of n starts and then of their n ends, [2n, ..], and a walk's are
 * multipliers m [n, ..] with Σ m Δvalue the same at every cut of the graph. Of linear ops the true transpose is one: of
 * those that know how many sequences they have, for half as many. The head's scores have their multipliers beside them
 * (paired_score.ts, paired_logit.ts).
 */
export function secantRules(form: SecantForm): ReverseRules {
  const norm: ReverseRule<RmsNormAttributes> = (g, { attributes, inputs: [x] }, [dy]) => [
    dy && g.emit(rmsNormSecant, { ...attributes, ...form }, [cutLike(g, x, dy), dy])[0],
  ];
  const headNorm: ReverseRule<HeadNormAttributes> = (g, { attributes, inputs: [x] }, [dy]) => [
    dy && g.emit(headNormSecant, { ...attributes, ...form }, [cutLike(g, x, dy), dy])[0],
  ];
  const gate = (op: Op<SecantForm>): ReverseRule<unknown> => (g, { inputs: [x] }, [dm]) => [
    dm && g.emit(op, form, [cutLike(g, x, dm), dm])[0],
  ];
  return {
    attention: (g, { attributes, inputs: [qkv], outputs: [, lse] }, [m]) => [
      m && g.emit(attentionSecant, { ...ofPairs(attributes), ...form }, [qkv, lse, m])[0],
    ],
    geglu: gate(gegluSecant),
    headNorm,
    rmsNorm: norm,
    rope: (g, node, multipliers) =>
      rope.vjp!(g, { ...node, attributes: ofPairs(node.attributes) } satisfies Differentiated<unknown>, multipliers),
    swiglu: gate(swigluSecant),
  };
}

/** The attributes for one result a pair of sequences. */
function ofPairs<A extends { readonly sequences: number }>(attributes: A): A {
  return { ...attributes, sequences: attributes.sequences / 2 };
}
