import assert from "node:assert/strict";
import { bootstrap } from "../../src/statistics/bootstrap.ts";
import { createRandom } from "../../src/statistics/random.ts";
import golden from "../golden/metrics/expected.json" with { type: "json" };
import { assertClose } from "../support/closeness.ts";

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[(values.length - 1) / 2];

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

Deno.test("bootstrap() is a point if nothing varies, and refuses cases without a statistic", () => {
  assert.deepEqual(bootstrap(5, () => 3, { seed: 1 }), { value: 3, low: 3, high: 3 });
  assert.throws(() => bootstrap(5, () => NaN, { seed: 1 }), /must be at least 3 cases with a statistic: got NaN of 5/);
  assert.throws(() => bootstrap(2, () => 1, { seed: 1 }), RangeError);
  assert.throws(() => bootstrap(5, () => 1, { seed: 1, resamples: NaN }), /at least 100 resamples: got NaN/);
  let asked = 0;
  assert.throws(() => bootstrap(5, () => asked++ === 0 ? 1 : NaN, { seed: 1 }), /got NaN of most/);
});

for (const { name, values, low, high } of golden.bootstrap) {
  Deno.test(`bootstrap() of the ${name} equals scipy's BCa up to the resampling`, () => {
    const statistic = (indices: ArrayLike<number>) =>
      (name === "mean" ? mean : median)(Array.from(indices, (i) => values[i]));
    const found = bootstrap(values.length, statistic, { seed: 1, resamples: 20_000 });
    assertClose([found.low, found.high], [low, high], { absolute: 0.04 * (high - low), relative: 0 });
  });
}
