import assert from "node:assert/strict";
import { integrateFixed } from "../../src/attribution/integrated_gradients.ts";
import { saliency } from "../../src/attribution/local_gradients.ts";
import { type BaselineSource, expectedGradients, smoothGradients } from "../../src/attribution/sampled_gradients.ts";
import { studentQuantile, UPPER_95 } from "../../src/statistics/student_t.ts";
import { assertClose } from "../support/closeness.ts";
import { type ClosedForm, LINEAR, NETWORK, pathOf, pointsOf } from "./closed_form.ts";

/** Two targets: xy + z² and tanh(x + 2y − z). */
const CURVED: ClosedForm = {
  start: [0, 0, 0],
  end: [1, 2, -1],
  value: [([x, y, z]) => x * y + z * z, ([x, y, z]) => Math.tanh(x + 2 * y - z)],
  slope: [([x, y, z]) => [y, x, 2 * z], ([x, y, z]) => {
    const s = 1 - Math.tanh(x + 2 * y - z) ** 2;
    return [s, 2 * s, -s];
  }],
};
const STARTS = [[0, 0, 0], [1, -1, 0.5], [-0.5, 1, 1]];
const SET = STARTS.map((start) => Float64Array.from(start));
/** One of the set, but as if there were no end of them. */
const FRESH: BaselineSource = (random) => Promise.resolve(SET[random.integer(SET.length)].slice());
const ALL = { attributed: [true, true, true], noise: 0 };

/** Integrated gradients, averaged over the baselines: of the sequence and of each target. */
async function exactMean(gradient: "sequence" | "token"): Promise<Float64Array> {
  const each = await Promise.all(
    STARTS.map((start) => integrateFixed(pathOf({ ...CURVED, start }), "gauss-legendre", 60, gradient)),
  );
  return each[0].attribution.map((_, i) =>
    each.reduce((sum, { attribution }) => sum + attribution[i], 0) / each.length
  );
}

Deno.test("expectedGradients() of a linear function and one baseline is exact, with standard errors of zero", async () => {
  const { mean, standardError, stopped, input, baseline, samples } = await expectedGradients(
    pointsOf(LINEAR),
    [Float64Array.from(LINEAR.start)],
    { ...ALL, seed: 1, budget: 100, standardError: 1e-9, gradient: "sequence" },
  );
  assertClose(mean.sequence, [3, -6, 2], { absolute: 1e-12, relative: 0 });
  assertClose(standardError.sequence, [0, 0, 0], { absolute: 1e-12, relative: 0 });
  assert.deepEqual([stopped.by, samples], ["standard-error", 32]);
  assert.ok(Math.abs(input[0] - baseline[0] - (3 - 6 + 2)) < 1e-12);
});

for (const [what, baselines, points] of [["a set", SET, 204], ["fresh ones", FRESH, 401]] as const) {
  Deno.test(`expectedGradients() from ${what} has 95 % intervals that hold the exact mean in 90 to 98 % of 200 seeds`, async () => {
    const exact = { sequence: await exactMean("sequence"), matrix: await exactMean("token") };
    let held = 0;
    let entries = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { mean, standardError, samples, pathPoints } = await expectedGradients(pointsOf(CURVED), baselines, {
        ...ALL,
        seed,
        budget: points,
        gradient: "token",
      });
      assert.deepEqual([samples, pathPoints], [200, points]);
      const width = studentQuantile(UPPER_95, samples - 1);
      for (const part of ["sequence", "matrix"] as const) {
        exact[part].forEach((value, i) => {
          entries++;
          if (Math.abs(mean[part][i] - value) <= width * standardError[part][i]) held++;
        });
      }
    }
    assert.ok(held / entries >= 0.9 && held / entries <= 0.98, `${held / entries}`);
  });
}

Deno.test("expectedGradients() sums to the input's score less the baselines' mean, within its errors", async () => {
  const { mean, standardError, input, baseline } = await expectedGradients(pointsOf(CURVED), SET, {
    ...ALL,
    seed: 5,
    budget: 4004,
    gradient: "token",
  });
  const expected = (t: number) => STARTS.reduce((sum, start) => sum + CURVED.value[t](start), 0) / STARTS.length;
  for (const t of [0, 1]) {
    assert.ok(Math.abs(baseline[t] - expected(t)) < 1e-12);
    const row = mean.matrix.subarray(3 * t, 3 * t + 3).reduce((sum, value) => sum + value, 0);
    const error = standardError.matrix.subarray(3 * t, 3 * t + 3).reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(row - (input[t] - baseline[t])) <= 2 * error, `target ${t}`);
  }
});

Deno.test("expectedGradients() stops at the standard error, or at the budget, and says which", async () => {
  const run = (budget: number) =>
    expectedGradients(pointsOf(CURVED), SET, { ...ALL, seed: 3, budget, standardError: 0.05, gradient: "sequence" });
  const enough = await run(100_000);
  assert.equal(enough.stopped.by, "standard-error");
  assert.ok(enough.stopped.met && enough.stopped.reached <= 0.05 && enough.pathPoints < 100_000);
  assert.equal(enough.stopped.reached, Math.max(...enough.standardError.sequence));
  const short = await run(60);
  assert.deepEqual([short.stopped.by, short.stopped.met, short.pathPoints], ["budget", false, 60]);
});

for (const [what, baselines] of [["a set", SET], ["fresh ones", FRESH]] as const) {
  Deno.test(`expectedGradients() from ${what} repeats with its seed, and evaluates as many points as it counts`, async () => {
    const run = async (seed: number) => {
      const points = pointsOf(CURVED);
      const found = await expectedGradients(points, baselines, { ...ALL, seed, budget: 100, gradient: "sequence" });
      assert.equal(points.evaluated.length, found.pathPoints);
      return found.mean.sequence;
    };
    assert.deepEqual(await run(7), await run(7));
    assert.notDeepEqual(await run(7), await run(8));
  });
}

Deno.test("expectedGradients() with noise is GradientSHAP: of a linear function exact in the mean, by a spread that is known", async () => {
  const { mean, standardError, samples } = await expectedGradients(
    pointsOf(LINEAR),
    [Float64Array.from(LINEAR.start)],
    {
      seed: 4,
      budget: 2002,
      noise: 0.5,
      attributed: [true, true, false],
      gradient: "sequence",
    },
  );
  // A coordinate that is not attributed gets nothing; σ is half of the root mean square of 2 and 3.
  const sigma = 0.5 * Math.sqrt((4 + 9) / 2);
  [3, -6, 0].forEach((exact, i) => {
    const spread = [3, 2, 0][i] * sigma / Math.sqrt(samples);
    assert.ok(Math.abs(standardError.sequence[i] - spread) <= 0.06 * spread, `${standardError.sequence[i]}, ${spread}`);
    assert.ok(Math.abs(mean.sequence[i] - exact) <= 4 * spread, `${mean.sequence[i]} for ${exact}`);
  });
});

Deno.test("expectedGradients() has standard errors of units that equal the errors of their sums", async () => {
  const byUnits = (values: Float64Array) => Float64Array.from([values[0] + values[1], values[2]]);
  const { mean, standardError } = await expectedGradients(pointsOf(LINEAR), [Float64Array.from(LINEAR.start)], {
    ...ALL,
    seed: 4,
    budget: 500,
    noise: 0.2,
    gradient: "sequence",
    byUnits,
  });
  assertClose(mean.unitSequence, byUnits(mean.sequence), { absolute: 1e-12, relative: 0 });
  // Both have noise of their own, so that errors add up as squares.
  const together = Math.hypot(standardError.sequence[0], standardError.sequence[1]);
  assert.ok(Math.abs(standardError.unitSequence[0] - together) < 0.15 * together);
  assert.equal(standardError.unitSequence[1], standardError.sequence[2]);
});

Deno.test("smoothGradients() times input has the input times the mean gradient", async () => {
  // E[∇f(x + n)] of x y + z² is ∇f(x) for any centred noise.
  const form = { ...CURVED, value: CURVED.value.slice(0, 1), slope: CURVED.slope.slice(0, 1) };
  const { mean, standardError, samples, pathPoints } = await smoothGradients(pointsOf(form), null, {
    seed: 2,
    budget: 3000,
    gradient: "sequence",
    attributed: [true, true, true],
    noise: 0.2,
  });
  assert.deepEqual([samples, pathPoints], [2999, 3000]);
  [1 * 2, 2 * 1, -1 * -2].forEach((exact, i) => {
    const error = standardError.sequence[i];
    assert.ok(error > 0 && error < 0.02 && Math.abs(mean.sequence[i] - exact) <= 4 * error, `${mean.sequence[i]}`);
  });
});

Deno.test("smoothGradients() is saliency if the noise is next to nothing, also for norms", async () => {
  for (const norm of ["sum", "l1", "l2"] as const) {
    const { mean } = await smoothGradients(pointsOf(NETWORK), norm, {
      ...ALL,
      seed: 2,
      budget: 40,
      noise: 1e-9,
      gradient: "token",
    });
    const expected = await saliency(pointsOf(NETWORK), norm, true);
    assertClose(mean.sequence, expected.sequence, { absolute: 1e-7, relative: 0 }, norm);
    assertClose(mean.matrix, expected.matrix!, { absolute: 1e-7, relative: 0 }, norm);
  }
});

Deno.test("expectedGradients() refuses no baseline, a small budget and a standard error of zero", async () => {
  const options = { ...ALL, seed: 1, budget: 100, gradient: "sequence" } as const;
  const run = (baselines: BaselineSource, changes: object) =>
    expectedGradients(pointsOf(CURVED), baselines, { ...options, ...changes });
  await assert.rejects(run([], {}), /there must be a baseline: got none/);
  await assert.rejects(run(SET, { budget: 35 }), /must allow 32 samples: got enough for 31/);
  await assert.rejects(run(FRESH, { budget: 64 }), /must allow 32 samples: got enough for 31/);
  await assert.rejects(run(SET, { standardError: 0 }), /must be > 0: got 0/);
});
