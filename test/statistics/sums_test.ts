import assert from "node:assert/strict";
import { addScaled, columnSums, distance, dot, rowSums, sum } from "../../src/statistics/sums.ts";

Deno.test("sum(), dot() and distance() go over every entry", () => {
  assert.equal(sum([1, -2, 4]), 3);
  assert.equal(sum([]), 0);
  assert.equal(dot([1, -2, 4], [3, 5, 0.5]), -5);
  assert.equal(distance([1, -2, 4], [3, 5, 0.5]), 12.5);
});

Deno.test("addScaled() adds in place", () => {
  const y = Float64Array.of(1, 2);
  addScaled(y, -2, Float64Array.of(3, 4));
  assert.deepEqual([...y], [-5, -6]);
});

Deno.test("rowSums() and columnSums() sum a matrix along either axis", () => {
  const matrix = Float64Array.of(1, 2, 3, 10, 20, 30);
  assert.deepEqual([...rowSums(matrix, 3)], [6, 60]);
  assert.deepEqual([...columnSums(matrix, 3)], [11, 22, 33]);
});
