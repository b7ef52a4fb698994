import assert from "node:assert/strict";
import { bootstrap } from "../../src/statistics/bootstrap.ts";
import { compensatedSum } from "../../src/statistics/compensated_sum.ts";
import { kendall, pearson, spearman, spearmanInterval } from "../../src/statistics/correlation.ts";
import { createMoments } from "../../src/statistics/moments.ts";
import { createRandom } from "../../src/statistics/random.ts";
import { invertSymmetric } from "../../src/perturbation/fit/symmetric_solve.ts";
import { assertClose } from "../support/closeness.ts";

Deno.test("createMoments() keeps its digits far from zero", () => {
  const moments = createMoments(2);
  for (const value of [1, 2, 4]) moments.add([1e9 + value, -value]);
  assertClose(moments.mean(), [1e9 + 7 / 3, -7 / 3], { absolute: 1e-6, relative: 0 });
  // s² = ((4/3)² + (1/3)² + (5/3)²) / 2 = 7/3
  assertClose(moments.standardError(), [Math.sqrt(7) / 3, Math.sqrt(7) / 3], { absolute: 1e-7, relative: 0 });
  assert.equal(moments.count, 3);
});

Deno.test("createMoments() has no standard error of a single value", () => {
  const moments = createMoments(1);
  moments.add([3]);
  assert.deepEqual([moments.mean()[0], moments.standardError()[0]], [3, NaN]);
});

Deno.test("compensatedSum() loses nothing that a second number can hold", () => {
  assert.equal(compensatedSum([1, 1e100, 1, -1e100]), 2);
  assert.equal(compensatedSum(Array.from({ length: 10 }, () => 0.1)), 1);
  assert.equal(compensatedSum([]), 0);
});

Deno.test("invertSymmetric() inverts random positive definite matrices", () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = createRandom(seed);
    const n = 1 + seed % 8;
    const root = Float64Array.from({ length: n * n }, random.normal);
    const at = (m: Float64Array, i: number, j: number) => m[i * n + j];
    const product = (a: Float64Array, b: (k: number, j: number) => number) =>
      Float64Array.from({ length: n * n }, (_, e) => {
        let total = 0;
        for (let k = 0; k < n; k++) total += at(a, Math.floor(e / n), k) * b(k, e % n);
        return total;
      });
    const matrix = product(root, (k, j) => at(root, j, k)).map((value, e) => value + (e % (n + 1) === 0 ? 0.1 : 0));
    const inverse = invertSymmetric(matrix, n)!;
    const identity = Float64Array.from({ length: n * n }, (_, e) => e % (n + 1) === 0 ? 1 : 0);
    assertClose(product(matrix, (k, j) => at(inverse, k, j)), identity, { absolute: 1e-9, relative: 0 });
  }
  assert.equal(invertSymmetric(Float64Array.of(1, 2, 2, 4), 2), null);
});

Deno.test("correlations are what a hand computes, and NaN of a constant", () => {
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

Deno.test("bootstrap() holds the mean of a skewed distribution in 88 to 98 %", () => {
  const random = createRandom(9);
  let held = 0;
  for (let run = 0; run < 300; run++) {
    const values = Array.from({ length: 40 }, () => -Math.log(1 - random.uniform()));
    const mean = (indices: ArrayLike<number>) => {
      let total = 0;
      for (let i = 0; i < indices.length; i++) total += values[indices[i]];
      return total / indices.length;
    };
    const { low, high } = bootstrap(40, mean, { seed: run, resamples: 600 });
    if (low <= 1 && 1 <= high) held++;
  }
  assert.ok(held >= 264 && held <= 294, `${held / 3} %`);
});

Deno.test("bootstrap() is a point where nothing varies, and refuses what has no statistic", () => {
  assert.deepEqual(bootstrap(5, () => 3, { seed: 1 }), { value: 3, low: 3, high: 3 });
  assert.throws(() => bootstrap(5, () => NaN, { seed: 1 }), /must be at least 3 cases with a statistic: got NaN of 5/);
  assert.throws(() => bootstrap(2, () => 1, { seed: 1 }), RangeError);
  assert.throws(() => bootstrap(5, () => 1, { seed: 1, resamples: NaN }), /at least 100 resamples: got NaN/);
  let asked = 0;
  assert.throws(() => bootstrap(5, () => asked++ === 0 ? 1 : NaN, { seed: 1 }), /got NaN of most/);
});
