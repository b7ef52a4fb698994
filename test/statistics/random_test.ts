import assert from "node:assert/strict";
import { createRandom } from "../../src/statistics/random.ts";

Deno.test("createRandom() repeats itself for a seed and not for another", () => {
  const draw = (seed: number) => Array.from({ length: 5 }, createRandom(seed).uniform);
  assert.deepEqual(draw(4), draw(4));
  assert.notDeepEqual(draw(4), draw(5));
  // Numbers of pure-rand 8 when this was written: a new version of it must not change results silently.
  assert.deepEqual([...createRandom(42).permutation(8)], [1, 3, 4, 2, 0, 7, 6, 5]);
});

Deno.test("createRandom() draws permutations uniformly", () => {
  const random = createRandom(7);
  const counts = new Map<string, number>();
  for (let i = 0; i < 24000; i++) {
    const key = random.permutation(4).join("");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assert.equal(counts.size, 24);
  const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  // 23 degrees of freedom: above 49.7 once in a thousand.
  assert.ok(chiSquared < 49.7, `χ² = ${chiSquared}`);
});

Deno.test("createRandom() draws normal numbers of mean 0 and variance 1", () => {
  const random = createRandom(11);
  const draws = Array.from({ length: 40000 }, random.normal);
  const moment = (power: number) => draws.reduce((sum, x) => sum + x ** power, 0) / draws.length;
  assert.ok(Math.abs(moment(1)) < 0.02 && Math.abs(moment(2) - 1) < 0.03 && Math.abs(moment(4) - 3) < 0.2);
});

Deno.test("createRandom() refuses seeds that are not integers of 32 bits", () => {
  for (const seed of [1.5, NaN, 2 ** 32]) assert.throws(() => createRandom(seed), RangeError);
  for (const seed of [-1, 0, 2 ** 32 - 1]) assert.ok(createRandom(seed).uniform() < 1);
});
