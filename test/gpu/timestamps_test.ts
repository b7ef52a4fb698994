import assert from "node:assert/strict";
import { secondsBetween } from "../../src/gpu/timestamps.ts";

Deno.test("secondsBetween() reads pairs of ticks from the beginning of a buffer", () => {
  const stamps = BigUint64Array.of(5n, 1_000_000_005n, 2n ** 63n, 2n ** 63n + 250n, 7n, 7n, 1n);
  assert.deepEqual(secondsBetween(stamps.buffer, 3, 1), [1, 2.5e-7, 0]);
  assert.deepEqual(secondsBetween(stamps.buffer, 1, 1), [1]);
  assert.deepEqual(secondsBetween(stamps.buffer, 2, 10), [10, 2.5e-6]);
});
