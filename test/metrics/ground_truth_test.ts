import assert from "node:assert/strict";
import { averagePrecision, precisionAt, rocAuc } from "../../src/metrics/ground_truth.ts";
import golden from "../golden/metrics/expected.json" with { type: "json" };
import { assertClose } from "../support/closeness.ts";

const ROUNDING = { absolute: 1e-12, relative: 0 };

for (const { name, scores, causes, ...expected } of golden.truth) {
  Deno.test(`rocAuc() and averagePrecision() equal scikit-learn's: ${name}`, () => {
    assertClose([rocAuc(scores, causes)], [expected.rocAuc], ROUNDING);
    assertClose([averagePrecision(scores, causes)], [expected.averagePrecision], ROUNDING);
  });
}

Deno.test("precisionAt() counts causes among the largest, ties in part", () => {
  const causes = [true, false, true, false];
  assert.equal(precisionAt([4, 3, 2, 1], causes, 1), 1);
  assert.equal(precisionAt([4, 3, 2, 1], causes, 2), 0.5);
  assertClose([precisionAt([4, 1, 1, 1], causes, 2)], [(1 + 1 / 3) / 2], ROUNDING);
  // Signed: the most negative is not large.
  assert.equal(precisionAt([-9, 3, 2, 1], causes, 1), 0);
});

Deno.test("ground truth measures are NaN without causes and refuse other lengths", () => {
  assert.ok(Number.isNaN(rocAuc([1, 2], [false, false])) && Number.isNaN(rocAuc([1, 2], [true, true])));
  assert.ok(Number.isNaN(averagePrecision([1, 2], [false, false])));
  assert.throws(() => rocAuc([1], [true, false]), { name: "TypeError", message: /must be \[1\]: got \[2\]/ });
});
