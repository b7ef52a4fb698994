import assert from "node:assert/strict";
import { integrateFixed } from "../../src/attribution/integrated_gradients.ts";
import { expectedGradients, type GradientSampling, sampleGradients } from "../../src/attribution/sampled_gradients.ts";
import { studentQuantile, UPPER_95 } from "../../src/statistics/student_t.ts";
import { assertClose } from "../support/closeness.ts";
import { type ClosedForm, LINEAR, pathOf } from "./closed_form.ts";

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
const curvedPaths = () => STARTS.map((start) => pathOf({ ...CURVED, start }));

/** Integrated gradients, averaged over the baselines. */
async function exactMean(gradient: "sequence" | "token"): Promise<Float64Array> {
  const each = await Promise.all(curvedPaths().map((path) => integrateFixed(path, "gauss-legendre", 60, gradient)));
  return each[0].attribution.map((_, i) =>
    each.reduce((sum, { attribution }) => sum + attribution[i], 0) / each.length
  );
}

Deno.test("expectedGradients() of a linear function and one baseline is exact, with standard errors of zero", async () => {
  const { attribution, standardError, stopped, input, baseline } = await expectedGradients([pathOf(LINEAR)], {
    seed: 1,
    budget: 100,
    standardError: 1e-9,
    gradient: "sequence",
  });
  assertClose(attribution, [3, -6, 2], { absolute: 1e-12, relative: 0 });
  assertClose(standardError, [0, 0, 0], { absolute: 1e-12, relative: 0 });
  assert.equal(stopped.by, "standard-error");
  assert.ok(Math.abs(input[0] - baseline[0] - (3 - 6 + 2)) < 1e-12);
});

Deno.test("expectedGradients() has 95 % intervals that hold the exact mean in 90 to 98 % of 200 seeds", async () => {
  for (const gradient of ["sequence", "token"] as const) {
    const exact = await exactMean(gradient);
    let held = 0;
    let entries = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { attribution, standardError, samples } = await expectedGradients(curvedPaths(), {
        seed,
        budget: 204,
        gradient,
      });
      assert.equal(samples, 200);
      const width = studentQuantile(UPPER_95, samples - 1);
      exact.forEach((value, i) => {
        entries++;
        if (Math.abs(attribution[i] - value) <= width * standardError[i]) held++;
      });
    }
    assert.ok(held / entries >= 0.9 && held / entries <= 0.98, `${gradient}: ${held / entries}`);
  }
});

Deno.test("expectedGradients() sums to the input's score less the baselines' mean, within its errors", async () => {
  const { attribution, standardError, input, baseline } = await expectedGradients(curvedPaths(), {
    seed: 5,
    budget: 4004,
    gradient: "token",
  });
  const mean = (t: number) => STARTS.reduce((sum, start) => sum + CURVED.value[t](start), 0) / STARTS.length;
  for (const t of [0, 1]) {
    assert.ok(Math.abs(baseline[t] - mean(t)) < 1e-12);
    const row = attribution.subarray(3 * t, 3 * t + 3).reduce((sum, value) => sum + value, 0);
    const error = standardError.subarray(3 * t, 3 * t + 3).reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(row - (input[t] - baseline[t])) <= 2 * error, `target ${t}`);
  }
});

Deno.test("expectedGradients() stops at the standard error, or at the budget, and says which", async () => {
  const run = (budget: number) =>
    expectedGradients(curvedPaths(), { seed: 3, budget, standardError: 0.05, gradient: "sequence" });
  const enough = await run(100_000);
  assert.equal(enough.stopped.by, "standard-error");
  assert.ok(enough.stopped.met && enough.stopped.reached <= 0.05 && enough.pathPoints < 100_000);
  assert.equal(enough.stopped.reached, Math.max(...enough.standardError));
  const short = await run(60);
  assert.deepEqual([short.stopped.by, short.stopped.met, short.pathPoints], ["budget", false, 60]);
});

Deno.test("expectedGradients() gives the same for the same seed, and evaluates what it counts", async () => {
  const run = async (seed: number) => {
    const paths = curvedPaths();
    const result = await expectedGradients(paths, { seed, budget: 100, gradient: "sequence" });
    assert.equal(paths.reduce((sum, { evaluated }) => sum + evaluated.length, 0), result.pathPoints);
    return result.attribution;
  };
  assert.deepEqual(await run(7), await run(7));
  assert.notDeepEqual(await run(7), await run(8));
});

Deno.test("sampleGradients() at the ends of noisy paths is SmoothGrad times input", async () => {
  // E[∇f(x + n)] of x y + z² is ∇f(x) for any centred noise; the path from n to x + n has direction x.
  const form = { ...CURVED, value: CURVED.value.slice(0, 1), slope: CURVED.slope.slice(0, 1) };
  const sampling: GradientSampling = {
    open(random) {
      const noise = form.end.map(() => 0.3 * random.normal());
      return pathOf({ ...form, start: noise, end: form.end.map((x, i) => x + noise[i]) });
    },
    alpha: 1,
  };
  const { attribution, standardError } = await sampleGradients(sampling, {
    seed: 2,
    budget: 3000,
    gradient: "sequence",
  });
  [1 * 2, 2 * 1, -1 * -2].forEach((exact, i) => {
    assert.ok(standardError[i] > 0 && standardError[i] < 0.02);
    assert.ok(Math.abs(attribution[i] - exact) <= 4 * standardError[i], `${attribution[i]} for ${exact}`);
  });
});

Deno.test("expectedGradients() refuses no baseline, a small budget and a standard error of zero", async () => {
  const options = { seed: 1, budget: 100, gradient: "sequence" } as const;
  await assert.rejects(expectedGradients([], options), /there must be a baseline: got none/);
  await assert.rejects(expectedGradients(curvedPaths(), { ...options, budget: 35 }), /whole number ≥ 36: got 35/);
  await assert.rejects(expectedGradients(curvedPaths(), { ...options, standardError: 0 }), /must be > 0: got 0/);
});
