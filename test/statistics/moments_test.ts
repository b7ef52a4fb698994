import assert from "node:assert/strict";
import { createMoments, largestError, momentsOf } from "../../src/statistics/moments.ts";
import { assertClose } from "../support/closeness.ts";

Deno.test("momentsOf() has means and standard errors s / √n", () => {
  const moments = momentsOf([[1, 5], [3, 5]]);
  assert.equal(moments.count, 2);
  assert.deepEqual([...moments.mean()], [2, 5]);
  assert.deepEqual([...moments.standardError()], [1, 0]);
});

Deno.test("largestError() is NaN if one is, and 0 of none", () => {
  assert.equal(largestError(Float64Array.of(1, 3, 2)), 3);
  assert.ok(Number.isNaN(largestError(Float64Array.of(1, NaN, 2))));
  assert.equal(largestError(new Float64Array(0)), 0);
});

Deno.test("createMoments() keeps its digits far from zero", () => {
  const moments = createMoments(2);
  for (const value of [1, 2, 4]) moments.add([1e9 + value, -value]);
  assertClose(moments.mean(), [1e9 + 7 / 3, -7 / 3], { absolute: 1e-6, relative: 0 });
  // s² = ((4/3)² + (1/3)² + (5/3)²) / 2 = 7/3
  assertClose(moments.standardError(), [Math.sqrt(7) / 3, Math.sqrt(7) / 3], { absolute: 1e-7, relative: 0 });
  assert.equal(moments.count, 3);
});

Deno.test("createMoments() has no standard error of a single value", () => {
  const moments = createMoments(1);
  moments.add([3]);
  assert.deepEqual([moments.mean()[0], moments.standardError()[0]], [3, NaN]);
});
