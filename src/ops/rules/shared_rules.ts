import type { QueryAttributes } from "../attention/attention_layout.ts";
import { cutLike } from "../block/cut_like.ts";
import type { HeadNormAttributes } from "../block/head_norm.ts";
import type { RmsNormAttributes } from "../block/rms_norm.ts";
import type { Emitter, Value } from "../op.ts";
import { headNormFrozen, rmsNormFrozen } from "./pulled_norm.ts";
import type { ReverseRule } from "./reverse_rules.ts";
import { scaleColumns } from "./scale_columns.ts";

/** Shares of the two factors of a product, and of a score's, which is one of two in the product with values. */
const HALF = 0.5;
const QUARTER = 0.25;

/** A norm with its r taken for a constant. */
export const frozenNorm: ReverseRule<RmsNormAttributes> = (g, { attributes, inputs: [x] }, [dy]) => [
  dy && g.emit(rmsNormFrozen, { ...attributes }, [cutLike(g, x, dy), dy])[0],
];

/** The same within heads. */
export const frozenHeadNorm: ReverseRule<HeadNormAttributes> = (g, { attributes, inputs: [x] }, [dy]) => [
  dy && g.emit(headNormFrozen, { ...attributes }, [cutLike(g, x, dy), dy])[0],
];

/** Halves the gradients of the factors of both products of attention: of queries and keys twice, of values once. */
export function shareAttention(
  g: Emitter,
  { heads, kvHeads, headSize }: QueryAttributes,
  gradient: Value,
): Value {
  const factors = [QUARTER, HALF] as const;
  return g.emit(scaleColumns, { front: (heads + kvHeads) * headSize, factors }, [gradient])[0];
}

/** Halves the gradients of gate and value. */
export function shareGate(g: Emitter, gradient: Value): Value {
  const front = gradient.shape[gradient.shape.length - 1];
  return g.emit(scaleColumns, { front, factors: [HALF, HALF] as const }, [gradient])[0];
}
