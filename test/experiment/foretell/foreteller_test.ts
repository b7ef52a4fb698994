import assert from "node:assert/strict";
import { resolveOptions } from "../../../src/explain/methods/resolve_options.ts";
import type { Forecast } from "../../../src/experiment/foretell/forecast.ts";
import { createForeteller, foretoldSeconds, isLong, longText } from "../../../src/experiment/foretell/foreteller.ts";

const TEXT = { prompt: "a", target: " b" };
const OPTIONS = resolveOptions({});
const MINUTE_AT_1E10 = 60e10;

/** A model that foresees so much work, at 1e10 a second, and counts how often its pace is measured. */
function modelOf(work: Forecast["work"], backend = "webgpu") {
  const one = [1, 1] as const;
  const counts = { measured: 0 };
  return {
    counts,
    backend,
    work: () => 0,
    forecast: () =>
      Promise.resolve({ pathPoints: [10, 1000] as const, forwardRows: one, backwardRows: one, bytes: one, work }),
    measurePace() {
      counts.measured++;
      return Promise.resolve(1e10);
    },
  };
}

Deno.test("createForeteller() measures no pace for what is short on any device", async () => {
  const model = modelOf([1e9, 1e11]);
  const foretold = await createForeteller(model).foretell(TEXT, OPTIONS);
  assert.equal(foretold!.seconds, null);
  assert.equal(isLong(foretold!), false);
  assert.equal(model.counts.measured, 0);
});

Deno.test("createForeteller() measures the pace once, before a long attribution, and says how long it takes", async () => {
  const model = modelOf([10 * MINUTE_AT_1E10, 10 * MINUTE_AT_1E10]);
  const { foretell } = createForeteller(model);
  const foretold = await foretell(TEXT, OPTIONS);
  assert.deepEqual(foretold!.seconds, [300, 1200]);
  assert.ok(isLong(foretold!));
  assert.equal(
    longText(foretold!),
    "about 10 min 0 s (5 min 0 s to 20 min 0 s, guessed from short runs; the error decides how many path points, 10 to 1000)",
  );
  await foretell(TEXT, OPTIONS);
  assert.equal(model.counts.measured, 1);
});

Deno.test("createForeteller() knows the reference to be slow", async () => {
  const model = modelOf([1e11, 1e11], "reference");
  await createForeteller(model).foretell(TEXT, OPTIONS);
  assert.equal(model.counts.measured, 1);
});

Deno.test("createForeteller() learns the pace from attributions so far, the best one, and not from small ones", async () => {
  const model = modelOf([MINUTE_AT_1E10, MINUTE_AT_1E10]);
  const { foretell, learn } = createForeteller(model);
  learn(2e10, 1);
  learn(2e10, 10); // kernels were compiled
  learn(1e8, 1e-6);
  assert.deepEqual((await foretell(TEXT, OPTIONS))!.seconds, [15, 60]);
  assert.equal(model.counts.measured, 0);
});

Deno.test("createForeteller() says nothing of what cannot be rehearsed", async () => {
  const model = { ...modelOf([1, 1]), forecast: () => Promise.reject(new RangeError("It must fit")) };
  assert.equal(await createForeteller(model).foretell(TEXT, OPTIONS), null);
});

Deno.test("foretoldSeconds() allows a factor of 2 either way", () => {
  assert.deepEqual(foretoldSeconds([10, 100], 5), [1, 40]);
});
