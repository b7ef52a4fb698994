import assert from "node:assert/strict";
import { createTorchRandom } from "../../src/statistics/torch_random.ts";
import draws from "../golden/captum/draws.json" with { type: "json" };
import { assertClose } from "../support/closeness.ts";

// Logarithms and cosines of f32 numbers, in f32 there and in f64 here.
const F32 = { absolute: 2e-6, relative: 0 };

Deno.test("createTorchRandom() draws torch.randperm's permutations", () => {
  for (const [length, expected] of Object.entries(draws.permutations)) {
    const random = createTorchRandom(3);
    for (const order of expected) assert.deepEqual([...random.permutation(Number(length))], order, `of ${length}`);
  }
});

Deno.test("createTorchRandom() draws torch.randn's numbers, by pairs and by blocks of 16", () => {
  for (const [length, expected] of Object.entries(draws.normals)) {
    const random = createTorchRandom(7);
    for (const values of expected) assertClose(random.normals(Number(length)), values, F32, `${length} numbers`);
  }
});

Deno.test("createTorchRandom() draws torch.multinomial's choices", () => {
  const { weights, drawn } = draws.choices;
  const random = createTorchRandom(9);
  assert.deepEqual(drawn.map(() => random.choice(weights)), drawn);
  assert.ok(!drawn.includes(0), "an index of weight 0 is never drawn");
});

Deno.test("createTorchRandom() draws choices, permutations and normal numbers from one stream, with a seed of 32 bits", () => {
  const random = createTorchRandom(2 ** 32 - 1);
  for (const [choice, order, values] of draws.mixed as [number, number[], number[]][]) {
    assert.equal(random.choice(draws.choices.weights), choice);
    assert.deepEqual([...random.permutation(5)], order);
    assertClose(random.normals(3), values, F32);
  }
});

Deno.test("createTorchRandom() refuses seeds that are not integers of 32 bits", () => {
  for (const seed of [1.5, NaN, 2 ** 32]) assert.throws(() => createTorchRandom(seed), RangeError);
});
