import { bootstrap } from "../../src/statistics/bootstrap.ts";
import { kendall, pearson, spearman } from "../../src/statistics/correlation.ts";
import { averageRanks } from "../../src/statistics/ranks.ts";
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

for (const one of golden.correlations) {
  Deno.test(`pearson(), spearman(), kendall() and averageRanks() equal scipy's: ${one.name}`, () => {
    const { a, b } = one;
    assertClose([pearson(a, b)], [one.pearson], { absolute: 1e-9, relative: 0 });
    assertClose([spearman(a, b), kendall(a, b)], [one.spearman, one.kendall], { absolute: 1e-14, relative: 0 });
    assert.deepEqual([...averageRanks(a)], one.ranks);
  });
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[(values.length - 1) / 2];
for (const { name, values, low, high } of golden.bootstrap) {
  Deno.test(`bootstrap() of the ${name} equals scipy's BCa up to the resampling`, () => {
    const statistic = (indices: ArrayLike<number>) =>
      (name === "mean" ? mean : median)(Array.from(indices, (i) => values[i]));
    const found = bootstrap(values.length, statistic, { seed: 1, resamples: 20_000 });
    assertClose([found.low, found.high], [low, high], { absolute: 0.04 * (high - low), relative: 0 });
  });
}
