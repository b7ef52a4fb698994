import assert from "node:assert/strict";
import { completeness } from "../../src/metrics/completeness.ts";

const INPUT = new Float64Array([3, -1]);
const BASELINE = new Float64Array([1, -1]);

Deno.test("completeness() tells the error of each target and of their sum, relative to the change of the score", () => {
  assert.deepEqual(completeness(new Float64Array([2.5, 0.25]), 2.75, INPUT, BASELINE), {
    delta: [0.5, 0.25],
    // The second score did not change.
    relative: [0.25, null],
    sequenceDelta: 0.75,
    sequenceRelative: 0.375,
  });
});

Deno.test("completeness() of a sum alone says nothing of single targets", () => {
  const found = completeness(null, 1, INPUT, BASELINE);
  assert.deepEqual(found, { delta: null, relative: null, sequenceDelta: -1, sequenceRelative: 0.5 });
});

Deno.test("completeness() says nothing without a score of the baseline", () => {
  const nothing = { delta: null, relative: null, sequenceDelta: null, sequenceRelative: null };
  assert.deepEqual(completeness(new Float64Array([1, 2]), 3, INPUT, null), nothing);
});
