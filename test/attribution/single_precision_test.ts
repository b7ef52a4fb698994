import assert from "node:assert/strict";
import { isSingle, roundToSingle } from "../../src/attribution/single_precision.ts";

Deno.test("roundToSingle() is Math.fround within the range of f32", () => {
  for (const value of [0, 1 / 3, -1e-30, 3.4e38, 1e-37, -0.1]) {
    assert.equal(roundToSingle(value), Math.fround(value));
    assert.equal(isSingle(value), Math.fround(value) === value);
  }
});

Deno.test("roundToSingle() keeps 24 bits of what an f32 does not hold", () => {
  for (const exponent of [-1000, -300, -140, 200, 1000]) {
    const value = (1 / 3) * 2 ** exponent;
    const rounded = roundToSingle(value);
    assert.equal(rounded, Math.fround(1 / 3) * 2 ** exponent);
    assert.equal(roundToSingle(-value), -rounded);
    assert.deepEqual([isSingle(value), isSingle(rounded)], [false, true]);
  }
});

Deno.test("roundToSingle() leaves what has no number of 24 bits as it is", () => {
  for (const value of [Infinity, -Infinity, 5e-324, 2 ** -1030]) assert.equal(roundToSingle(value), value);
  assert.ok(Number.isNaN(roundToSingle(NaN)));
});
