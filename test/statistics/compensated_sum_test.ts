import assert from "node:assert/strict";
import { compensatedSum } from "../../src/statistics/compensated_sum.ts";

Deno.test("compensatedSum() loses nothing that a second number can hold", () => {
  assert.equal(compensatedSum([1, 1e100, 1, -1e100]), 2);
  assert.equal(compensatedSum(Array.from({ length: 10 }, () => 0.1)), 1);
  assert.equal(compensatedSum([]), 0);
});
