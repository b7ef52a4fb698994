import { cutLike } from "../block/cut_like.ts";
import { rowDot } from "../block/row_dot.ts";
import { rowScale } from "../block/row_scale.ts";
import { type Differentiated, elements, matrix, type Op, type Value, type ValueType } from "../op.ts";
import type { HeadAttributes } from "./logit_slices.ts";

/** The types of scores [R] of hidden states [.., D], and of their gradient [.., D] if it is computed. */
export function rowScoreTypes(h: ValueType, { gradient }: HeadAttributes): ValueType[] {
  const score: ValueType = { shape: [matrix(h).rows], dtype: "f32" };
  return gradient ? [score, { shape: h.shape, dtype: "f32" }] : [score];
}

/**
 * Derivatives of an op whose scores each depend on one row of its first input: the gradient is its second output, and
 * one serves every seed and the tangent too, which so never see the vocabulary.
 *
 * @param name the op, for the error if `gradient` is false
 */
export function rowScoreRules<A>(name: string): Pick<Op<A>, "vjp" | "jvp"> {
  return {
    vjp(g, node, [dy]) {
      if (dy === null) return [null];
      const gradient = gradientOf(name, node);
      // Of scores [B T] a cotangent has the first n of each sequence, [B n].
      const [B, , D] = gradient.shape;
      const given = gradient.shape.length === 3 ? { ...gradient, shape: [B, elements(dy) / B, D] } : gradient;
      return [g.emit(rowScale, {}, [cutLike(g, gradient, given), dy])[0]];
    },
    jvp: (g, node, [th]) => [th && g.emit(rowDot, {}, [gradientOf(name, node), th])[0], null],
  };
}

function gradientOf(name: string, { outputs: [, gradient] }: Differentiated<unknown>): Value {
  if (gradient === undefined) {
    throw new TypeError(`Cannot differentiate ${name} as it must compute its gradient: got gradient false`);
  }
  return gradient;
}
