import assert from "node:assert/strict";
import { bootstrap } from "../../src/statistics/bootstrap.ts";
import { clusteredMean } from "../../src/statistics/clustered_mean.ts";
import { createRandom } from "../../src/statistics/random.ts";

const singles = (values: number[]) => values.map((value, i) => ({ cluster: String(i), value }));

Deno.test("clusteredMean() of clusters of one is the bootstrap of their mean", () => {
  const values = [1, 5, 2, 8, 4, 4];
  const mean = (indices: ArrayLike<number>) => Array.from(indices).reduce((sum, i) => sum + values[i], 0) / 6;
  const { value, low, high, clusters } = clusteredMean(singles(values));
  assert.deepEqual({ value, low, high }, bootstrap(6, mean, { seed: 0 }));
  assert.equal(clusters, 6);
});

Deno.test("clusteredMean() weighs values, not clusters, and does not take copies within a cluster for more evidence", () => {
  const values = [{ cluster: "a", value: 1 }, { cluster: "a", value: 2 }, { cluster: "b", value: 9 }];
  assert.deepEqual(clusteredMean(values), { value: 4, low: null, high: null, clusters: 2, values: 3 });
  const once = singles([1, 5, 2, 8, 4, 3]);
  const copied = clusteredMean([...once, ...once, ...once]);
  assert.deepEqual({ ...copied, values: 6 }, clusteredMean(once));
});

Deno.test("clusteredMean() gives shares that are 1 or 0 everywhere the exact binomial interval", () => {
  const all = clusteredMean(singles(Array(20).fill(1)), true);
  // Clopper and Pearson: 0.025^(1/20)
  assert.ok(Math.abs(all.low! - 0.831566) < 1e-6 && all.high === 1);
  const none = clusteredMean(singles(Array(20).fill(0)), true);
  assert.ok(Math.abs(none.high! - 0.168434) < 1e-6 && none.low === 0);
  const { low, high } = clusteredMean(singles(Array(20).fill(1)));
  assert.deepEqual([low, high], [1, 1]);
});

Deno.test("clusteredMean() holds the true mean in about 95 % of 200 draws of 30 clusters", () => {
  const random = createRandom(5);
  let held = 0;
  for (let draw = 0; draw < 200; draw++) {
    const values = Array.from({ length: 30 }, (_, cluster) => {
      const shared = random.normal();
      return [0, 1].map(() => ({ cluster: String(cluster), value: 3 + shared + 0.5 * random.normal() }));
    }).flat();
    const { low, high } = clusteredMean(values);
    if (low! <= 3 && 3 <= high!) held++;
  }
  assert.ok(held >= 180 && held <= 198, `${held} of 200`);
});

Deno.test("clusteredMean() refuses no value", () => {
  assert.throws(() => clusteredMean([]), /Cannot take a mean as there must be a value: got none/);
});
