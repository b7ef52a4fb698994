import assert from "node:assert/strict";
import { stability } from "../../src/metrics/stability.ts";
import { assertClose } from "../support/closeness.ts";

const ROUNDING = { absolute: 1e-12, relative: 0 };

Deno.test("stability() is complete if all runs are equal", () => {
  const run = [3, -1, 2, 0.5];
  const { runs, mean, deviation, relativeDeviation, sameSign, meanAgreement, worstAgreement } = stability([
    run,
    run,
    run,
  ]);
  assert.equal(runs, 3);
  assertClose([...mean, ...deviation, relativeDeviation, sameSign], [...run, 0, 0, 0, 0, 0, 1], ROUNDING);
  for (const all of [meanAgreement, worstAgreement]) {
    assertClose(Object.values(all), [1, 1, 1, 1, 1, 0], ROUNDING);
  }
});

Deno.test("stability() is as a hand computes it", () => {
  const { mean, deviation, relativeDeviation, sameSign, meanAgreement, worstAgreement } = stability([
    [1, 2, -3],
    [1, 4, 3],
    [1, 3, 3],
  ]);
  assertClose(mean, [1, 3, 1], ROUNDING);
  assertClose(deviation, [0, 1, Math.sqrt(12)], ROUNDING);
  assertClose([relativeDeviation, sameSign], [(1 + Math.sqrt(12)) / 5, 2 / 3], ROUNDING);
  assertClose([meanAgreement.signAgreement, worstAgreement.signAgreement], [(2 / 3 + 2 / 3 + 1) / 3, 2 / 3], ROUNDING);
  // Pairs as (later, earlier): 8/6, 7/6, 1/8.
  assertClose([worstAgreement.relativeDistance], [8 / 6], ROUNDING);
  assert.throws(() => stability([[1, 2]]), /there must be two runs: got 1/);
});
