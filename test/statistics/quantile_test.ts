import assert from "node:assert/strict";
import { quantile } from "../../src/statistics/quantile.ts";

Deno.test("quantile() interpolates between values, whose order does not matter", () => {
  assert.deepEqual([0, 0.25, 0.5, 0.9, 1].map((share) => quantile([4, 1, 3, 2], share)), [1, 1.75, 2.5, 3.7, 4]);
  assert.deepEqual([0, 0.5, 1].map((share) => quantile([7], share)), [7, 7, 7]);
});
