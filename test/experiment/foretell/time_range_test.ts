import assert from "node:assert/strict";
import { sumTimes, timeRange, timeRangeText } from "../../../src/experiment/foretell/time_range.ts";

Deno.test("timeRange() is what is known for a fixed number of points", () => {
  assert.deepEqual(timeRange([2, 8], [50, 50]), { least: 2, usual: 8, most: 8 });
  assert.equal(timeRangeText(timeRange([0.52, 2.1], [50, 50])), "0.5 s–2.1 s");
});

Deno.test("timeRange() tells what an adaptive rule usually takes from what it may", () => {
  const time = timeRange([1, 400], [10, 1000]);
  assert.deepEqual(time, { least: 1, usual: 80, most: 400 });
  assert.equal(timeRangeText(time), "1 s–1 min 20 s, at most 6 min 40 s");
  assert.deepEqual(timeRange([1, 40], [10, 100]), { least: 1, usual: 40, most: 40 });
  assert.deepEqual(timeRange([30, 40], [10, 1000]), { least: 30, usual: 30, most: 40 });
});

Deno.test("sumTimes() adds each end", () => {
  const one = { least: 1, usual: 2, most: 3 };
  assert.deepEqual(sumTimes([one, one]), { least: 2, usual: 4, most: 6 });
  assert.equal(timeRangeText(sumTimes([])), "0 s");
});
