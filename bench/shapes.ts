import { blockWeights, type ModelShape } from "../src/model/tune/model_shapes.ts";

export { blockWeights, MODEL_SHAPES, type ModelShape } from "../src/model/tune/model_shapes.ts";

/** Sizes of a batch: B sequences of S positions with T scored rows each. */
interface BatchSizes {
  readonly B: number;
  readonly S: number;
  readonly T: number;
}

/** Products y [rows, outputs] = x [rows, inner] Wᵀ, `count` of them, each with a weight of its own. */
interface Products {
  readonly rows: number;
  readonly inner: number;
  readonly outputs: number;
  readonly count: number;
}

/**
 * Lists the products that a forward pass needs. The last block's products other than keys and values are counted at
 * the scored rows alone, as no more is needed; so is the head's.
 */
export function forwardProducts(shape: Omit<ModelShape, "name">, { B, S, T }: BatchSizes): Products[] {
  const { hiddenSize: D, kvHeads, headSize, layers, vocabularySize: V } = shape;
  const weights = blockWeights(shape);
  const keysAndValues = 2 * kvHeads * headSize;
  return [
    ...weights.map(({ inner, outputs }) => ({ rows: B * S, inner, outputs, count: layers - 1 })),
    { rows: B * S, inner: D, outputs: keysAndValues, count: 1 },
    ...weights.map(({ weight, inner, outputs }) => ({
      rows: B * T,
      inner,
      outputs: weight === "qkv" ? outputs - keysAndValues : outputs,
      count: 1,
    })),
    { rows: B * T, inner: D, outputs: V, count: 1 },
  ];
}

/**
 * Counts the operations that a forward pass needs, a product's multiply and add counted as two: linear layers,
 * attention below the diagonal, head. Reverse passes need as many again, without weight gradients.
 */
export function forwardFlop(shape: Omit<ModelShape, "name">, batch: BatchSizes): number {
  const { heads, headSize, layers } = shape;
  const { B, S } = batch;
  const products = forwardProducts(shape, batch)
    .reduce((sum, { rows, inner, outputs, count }) => sum + 2 * rows * inner * outputs * count, 0);
  return products + B * layers * 4 * heads * headSize * S * (S + 1) / 2;
}
