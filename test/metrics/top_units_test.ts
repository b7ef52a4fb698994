import assert from "node:assert/strict";
import { membershipOfTop } from "../../src/metrics/top_units.ts";
import { createRandom } from "../../src/statistics/random.ts";
import { assertClose } from "../support/closeness.ts";

const ROUNDING = { absolute: 1e-12, relative: 0 };

Deno.test("membershipOfTop() shares the last places among equals and sums to k", () => {
  assert.deepEqual([...membershipOfTop([3, 1, 2], 2)], [1, 0, 1]);
  assert.deepEqual([...membershipOfTop([5, 2, 2, 2, 1], 2)], [1, 1 / 3, 1 / 3, 1 / 3, 0]);
  const random = createRandom(1);
  for (let i = 0; i < 200; i++) {
    const values = Array.from({ length: 1 + random.integer(12) }, () => random.integer(4));
    const k = 1 + random.integer(values.length);
    assertClose([membershipOfTop(values, k).reduce((a, b) => a + b, 0)], [k], ROUNDING);
  }
  for (const k of [0, 4, 1.5]) assert.throws(() => membershipOfTop([1, 2, 3], k), /k must be 1 … 3/);
});
