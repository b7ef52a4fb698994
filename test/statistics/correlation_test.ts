import assert from "node:assert/strict";
import { kendall, pearson, spearman, spearmanInterval } from "../../src/statistics/correlation.ts";
import { createRandom } from "../../src/statistics/random.ts";
import { assertClose } from "../support/closeness.ts";
import { averageRanks } from "../../src/statistics/ranks.ts";
import golden from "../golden/metrics/expected.json" with { type: "json" };

Deno.test("correlations are as a hand computes them, and NaN of a constant", () => {
  assertClose([pearson([1, 2, 3], [1, 3, 2])], [0.5], { absolute: 1e-15, relative: 0 });
  assert.equal(spearman([1, 10, 100], [1, 2, 3]), 1);
  // Of three pairs two agree and one does not.
  assertClose([kendall([1, 2, 3], [1, 3, 2])], [1 / 3], { absolute: 1e-15, relative: 0 });
  for (const correlate of [pearson, spearman, kendall]) {
    assert.ok(Number.isNaN(correlate([0.1, 0.1, 0.1], [1, 2, 3])));
    assert.throws(() => correlate([1, 2], [1]), { name: "TypeError", message: /both must be \[2\]: got \[1\]/ });
  }
});

Deno.test("spearmanInterval() holds the truth of normal pairs in 92 to 98 %", () => {
  const random = createRandom(8);
  // Spearman's correlation of normal pairs with Pearson's r is (6 / π) asin(r / 2).
  const r = 0.6;
  const truth = 6 / Math.PI * Math.asin(r / 2);
  let held = 0;
  for (let run = 0; run < 600; run++) {
    const a = Array.from({ length: 32 }, random.normal);
    const b = a.map((x) => r * x + Math.sqrt(1 - r * r) * random.normal());
    const [low, high] = spearmanInterval(spearman(a, b), 32)!;
    if (low <= truth && truth <= high) held++;
  }
  assert.ok(held >= 552 && held <= 588, `${held / 6} %`);
  for (const [correlation, pairs] of [[0.5, 3], [NaN, 30], [1, 30], [-1, 30]]) {
    assert.equal(spearmanInterval(correlation, pairs), null);
  }
});

for (const one of golden.correlations) {
  Deno.test(`pearson(), spearman(), kendall() and averageRanks() equal scipy's: ${one.name}`, () => {
    const { a, b } = one;
    assertClose([pearson(a, b)], [one.pearson], { absolute: 1e-9, relative: 0 });
    assertClose([spearman(a, b), kendall(a, b)], [one.spearman, one.kendall], { absolute: 1e-14, relative: 0 });
    assert.deepEqual([...averageRanks(a)], one.ranks);
  });
}
