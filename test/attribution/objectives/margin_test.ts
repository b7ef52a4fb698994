import assert from "node:assert/strict";
import { topPairs } from "../../../src/attribution/objectives/margin.ts";

Deno.test("topPairs() finds the two largest of each row, of equal ones the first", () => {
  assert.deepEqual(topPairs([1, 3, 2, 5, 0, 5, -1, -3, -2, 4, 4, 4], 3), [[1, 2], [0, 2], [0, 2], [0, 1]]);
  assert.throws(() => topPairs([1], 1), /vocabulary must have at least 2 tokens: got 1/);
});
