import assert from "node:assert/strict";
import type { Judged } from "../../../src/explain/judged.ts";
import { recordPrefix } from "../../../src/explain/record/record_prefix.ts";
import { recordSampling } from "../../../src/explain/record/record_sampling.ts";
import { recordSurrogate } from "../../../src/explain/record/record_surrogate.ts";
import { recordUnits } from "../../../src/explain/record/record_units.ts";

Deno.test("recordPrefix() cuts matrices into rows of the sequence's length", () => {
  const [attribution, entryError] = [Float64Array.of(1, 2, 3, 4), Float64Array.of(5, 6, 7, 8)];
  const sequence = Float64Array.of(4, 6);
  assert.deepEqual(recordPrefix({ attribution, sequence, standardError: null, entryError }), {
    attribution: [[1, 2], [3, 4]],
    sequence: [4, 6],
    standardError: null,
    entryError: [[5, 6], [7, 8]],
  });
  const alone = { attribution: null, sequence, standardError: null, entryError: Float64Array.of(5, 6) };
  assert.deepEqual(recordPrefix(alone).entryError, [5, 6]);
});

Deno.test("recordSampling() has null in place of what was not sampled", () => {
  assert.deepEqual(recordSampling({ calls: 7, stopped: null, uncertainty: null }, 2), {
    ...{ calls: 7, stopped: null, samples: null, degreesOfFreedom: null, halfWidth: null, tokenStandardError: null },
  });
});

Deno.test("recordSurrogate() has null in place of numbers that the scores leave undefined", () => {
  const { r2, heldOut } = recordSurrogate(
    {
      ...{ samples: 3, variety: { distinct: 2, unvaried: [] }, intercept: Float64Array.of(0) },
      r2: Float64Array.of(NaN, 0.5),
      heldOut: { samples: 2, r2: Float64Array.of(NaN), lds: Float64Array.of(1), ldsInterval: [null] },
    } as unknown as Parameters<typeof recordSurrogate>[0],
  );
  assert.deepEqual(r2, [null, 0.5]);
  assert.deepEqual(heldOut, { samples: 2, r2: [null], lds: [1], ldsInterval: [null] });
});

Deno.test("recordUnits() sums rows over units of the target, and is null for tokens on both sides", () => {
  const result = {
    unitLevel: null,
    tokenAttribution: Float64Array.of(1, 2, 3, 4),
    sequenceAttribution: Float64Array.of(4, 6),
    standardError: null,
    input: Float64Array.of(0, 0),
  } as unknown as Judged;
  const text = { promptTokens: [{ text: "a" }, { text: " b" }], frozen: [true, false], units: [], targetUnits: null };
  assert.equal(recordUnits(result, text), null);
  const targetUnits = [{ text: " c d", name: "whole", tokens: [0, 1], frozen: false }];
  assert.deepEqual(recordUnits(result, { ...text, targetUnits }), {
    prompt: [
      { text: "a", name: null, tokens: [0], frozen: true },
      { text: " b", name: null, tokens: [1], frozen: false },
    ],
    target: [{ text: " c d", name: "whole", tokens: [0, 1] }],
    attribution: [[4, 6]],
    sequence: [4, 6],
    standardError: null,
    entryError: null,
  });
});
