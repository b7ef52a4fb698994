import assert from "node:assert/strict";
import { averageIntegrals } from "../../src/attribution/averaged_integral.ts";
import type { PathIntegral } from "../../src/attribution/path_function.ts";

/** An integral of two targets from a baseline with these scores; κ and its parts are given. */
function integral(baseline: number[], attribution: number[], certificate: number | null): PathIntegral {
  return {
    attribution: Float64Array.from(attribution),
    total: Float64Array.from(baseline, (value) => 4 - value),
    input: Float64Array.of(4, 4),
    baseline: Float64Array.from(baseline),
    pathPoints: 10,
    arithmeticFloor: 0.001,
    certified: {
      certificate,
      perTarget: [certificate, null],
      entryError: Float64Array.of(0.25, 0.5, 0.75),
      met: true,
      resisting: [],
    },
  };
}

Deno.test("averageIntegrals() gives means with their standard errors", () => {
  const mean = averageIntegrals([integral([0, 2], [1, 2, 3], 0.125), integral([2, 2], [3, 2, -1], 0.25)], 0.5);
  assert.deepEqual([...mean.attribution], [2, 2, 1]);
  assert.deepEqual([...mean.standardError], [1, 0, 2]);
  assert.deepEqual([...mean.baseline], [1, 2]);
  assert.deepEqual([...mean.total!], [3, 2]);
  assert.equal(mean.pathPoints, 20);
});

Deno.test("averageIntegrals() states errors relative to the mean gap, and holds them against the tolerance", () => {
  // Gaps 6 and 4, errors 0.75 and 1, their mean 0.875; the mean gap is 5.
  const draws = [integral([0, 2], [1, 2, 3], 0.125), integral([2, 2], [3, 2, -1], 0.25)];
  const { certified } = averageIntegrals(draws, 0.175);
  assert.equal(certified!.certificate, 0.175);
  assert.deepEqual(certified!.perTarget, [(0.125 * 4 + 0.25 * 2) / 2 / 3, null]);
  assert.deepEqual([...certified!.entryError], [0.25, 0.5, 0.75]);
  assert.equal(certified!.met, true);
  assert.equal(averageIntegrals(draws, 0.17).certified!.met, false);
});

Deno.test("averageIntegrals() certifies nothing if one gap is zero or the mean is the input's score", () => {
  const known = integral([0, 2], [1, 2, 3], 0.125);
  assert.equal(averageIntegrals([known, integral([4, 4], [0, 0, 0], null)], 0.5).certified!.certificate, null);
  const opposite = averageIntegrals([integral([3, 4], [1, 0, 0], 0), integral([5, 4], [-1, 0, 0], 0)], 0.5);
  assert.deepEqual([opposite.certified!.certificate, opposite.certified!.met], [null, false]);
  assert.equal(averageIntegrals([known, { ...known, certified: null }], 0.5).certified, null);
});
