import assert from "node:assert/strict";
import { exponent } from "../../bench/fit.ts";

Deno.test("exponent() finds a power law's exponent", () => {
  for (const p of [-1, 0, 0.5, 2]) {
    const found = exponent([1, 3, 8, 20], [1, 3, 8, 20].map((x) => 7 * x ** p));
    assert.ok(Math.abs(found - p) < 1e-12, `got ${found} for ${p}`);
  }
});

Deno.test("exponent() is the slope of least squares where no power law fits", () => {
  // log₂ x = 0, 1, 2 and log₂ y = 0, 0, 3: slope 3/2.
  assert.ok(Math.abs(exponent([1, 2, 4], [1, 1, 8]) - 1.5) < 1e-12);
});

Deno.test("exponent() rejects one point and values that are not positive", () => {
  assert.throws(() => exponent([1], [1]), RangeError);
  assert.throws(() => exponent([1, 2], [0, 1]), RangeError);
});
