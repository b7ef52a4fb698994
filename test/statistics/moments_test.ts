import assert from "node:assert/strict";
import { createMoments, largestError, momentsOf } from "../../src/statistics/moments.ts";

Deno.test("momentsOf() has means and standard errors s / √n", () => {
  const moments = momentsOf([[1, 5], [3, 5]]);
  assert.equal(moments.count, 2);
  assert.deepEqual([...moments.mean()], [2, 5]);
  assert.deepEqual([...moments.standardError()], [1, 0]);
});

Deno.test("createMoments() keeps its digits far from zero", () => {
  const moments = createMoments(1);
  for (const value of [1e9 + 1, 1e9 + 2, 1e9 + 3]) moments.add([value]);
  assert.equal(moments.standardError()[0], Math.sqrt(1 / 3));
});

Deno.test("largestError() is NaN if one is, and 0 of none", () => {
  assert.equal(largestError(Float64Array.of(1, 3, 2)), 3);
  assert.ok(Number.isNaN(largestError(Float64Array.of(1, NaN, 2))));
  assert.equal(largestError(new Float64Array(0)), 0);
});
