import { blockWeights, type ModelShape } from "../src/model/tune/model_shapes.ts";

export { blockWeights, MODEL_SHAPES, type ModelShape } from "../src/model/tune/model_shapes.ts";

/**
 * Counts the operations that B forward passes over sequences of S positions with T scored rows need, a product's
 * multiply and add counted as two: linear layers, attention below the diagonal, head. Reverse passes need as many
 * again, without weight gradients. The last block's products other than keys and values are counted at the scored rows
 * alone, as no more is needed.
 */
export function forwardFlop(
  shape: Omit<ModelShape, "name">,
  { B, S, T }: { readonly B: number; readonly S: number; readonly T: number },
): number {
  const { hiddenSize: D, heads, kvHeads, headSize, layers, vocabularySize: V } = shape;
  const block = 2 * blockWeights(shape).reduce((sum, { inner, outputs }) => sum + inner * outputs, 0);
  const keysAndValues = 2 * D * 2 * kvHeads * headSize;
  const attention = 4 * heads * headSize * S * (S + 1) / 2;
  const whole = (layers - 1) * (S * block + attention);
  const last = S * keysAndValues + T * (block - keysAndValues) + attention;
  return B * (whole + last + T * 2 * D * V);
}
