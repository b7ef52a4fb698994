import assert from "node:assert/strict";
import { blockWeights, forwardFlop, forwardProducts, MODEL_SHAPES } from "../../bench/shapes.ts";

Deno.test("forwardFlop() counts the operations of a row and of a target row", () => {
  for (const [i, perRow, perTarget] of [[1, 1.43, 0.54], [2, 5.24, 0.93]]) {
    const shape = MODEL_SHAPES[i];
    const blocks = blockWeights(shape).reduce((sum, { inner, outputs }) => sum + inner * outputs, 0);
    // Forward and reverse, two operations a product.
    assert.ok(Math.abs(4 * shape.layers * blocks / 1e9 - perRow) < 0.005);
    assert.ok(Math.abs(4 * shape.hiddenSize * shape.vocabularySize / 1e9 - perTarget) < 0.01);
  }
});

Deno.test("forwardProducts() lists every block's products, the last one's at the scored rows, and the head's", () => {
  const [shape] = MODEL_SHAPES;
  const products = forwardProducts(shape, { B: 2, S: 30, T: 13 });
  const text = products.map(({ rows, inner, outputs, count }) => `${rows} ${inner} ${outputs} ${count}`);
  assert.deepEqual(text, [
    "60 576 960 29",
    "60 576 576 29",
    "60 576 3072 29",
    "60 1536 576 29",
    "60 576 384 1",
    "26 576 576 1",
    "26 576 576 1",
    "26 576 3072 1",
    "26 1536 576 1",
    "26 576 49152 1",
  ]);
});

Deno.test("forwardFlop() is the sum over products, pairs and head, counted by hand for one small model", () => {
  const shape = {
    hiddenSize: 4,
    intermediateSize: 6,
    layers: 2,
    heads: 2,
    kvHeads: 1,
    headSize: 2,
    vocabularySize: 10,
  };
  // A block's weights: qkv 4·8, o 4·4, gate/up 4·12, down 6·4; of them keys and values 4·4.
  const [block, keysAndValues] = [2 * (32 + 16 + 48 + 24), 2 * 16];
  // 3 positions are 6 pairs, each a score and a weighted value of 2 numbers in 2 heads.
  const attention = 6 * 2 * 2 * 2 * 2;
  const last = 3 * keysAndValues + 1 * (block - keysAndValues) + attention;
  const expected = 5 * (3 * block + attention + last + 2 * 4 * 10);
  assert.equal(forwardFlop(shape, { B: 5, S: 3, T: 1 }), expected);
});
