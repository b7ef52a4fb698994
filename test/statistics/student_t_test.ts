import { normalShare, studentQuantile } from "../../src/statistics/student_t.ts";
import golden from "../golden/metrics/expected.json" with { type: "json" };
import assert from "node:assert/strict";
import { assertClose } from "../support/closeness.ts";

for (const { degrees, shares, quantiles } of golden.student) {
  Deno.test(`studentQuantile() equals scipy's with ${degrees} degrees of freedom`, () => {
    shares.forEach((share, i) => {
      assertClose([studentQuantile(share, degrees)], [quantiles[i]], { absolute: 1e-12, relative: 1e-10 });
    });
  });
}

Deno.test("studentQuantile() of infinite degrees and normalShare() equal scipy's normal distribution", () => {
  const { shares, quantiles, points, below } = golden.normal;
  // Student's t with 10⁹ degrees of freedom stands in for it.
  shares.forEach((share, i) => {
    assertClose([studentQuantile(share, Infinity)], [quantiles[i]], { absolute: 1e-12, relative: 1e-7 });
  });
  points.forEach((z, i) => assertClose([normalShare(z)], [below[i]], { absolute: 0, relative: 1e-5 }));
});

Deno.test("studentQuantile() refuses shares and degrees that there are not", () => {
  for (const [share, degrees] of [[0, 3], [1, 3], [NaN, 3], [0.5, 0], [0.5, NaN]]) {
    assert.throws(() => studentQuantile(share, degrees), RangeError);
  }
});
