import assert from "node:assert/strict";
import { orderOf } from "../../src/metrics/order_measure.ts";

Deno.test("orderOf() puts the largest attribution first, the earlier of equal ones first", () => {
  assert.deepEqual(orderOf([1, 8, 2, 4]), [1, 3, 2, 0]);
  assert.deepEqual(orderOf([0, -1, 2, 0]), [2, 0, 3, 1]);
});
