import assert from "node:assert/strict";
import { cutPass } from "../../src/gpu/cut_pass.ts";

Deno.test("cutPass() fills parts in order, up to the most work", () => {
  assert.deepEqual(cutPass([1, 2, 3, 4, 2, 2], 6), [3, 5, 6]);
  assert.deepEqual(cutPass([3, 3, 3, 3], 6), [2, 4]);
  assert.deepEqual(cutPass([1, 2, 3], 6), [3]);
});

Deno.test("cutPass() leaves a launch of more work than a part by itself", () => {
  assert.deepEqual(cutPass([9, 9], 6), [1, 2]);
  assert.deepEqual(cutPass([1, 9, 1], 6), [1, 2, 3]);
});

Deno.test("cutPass() makes one part of no launches", () => {
  assert.deepEqual(cutPass([], 6), [0]);
  assert.deepEqual(cutPass([0, 0], 6), [2]);
});
