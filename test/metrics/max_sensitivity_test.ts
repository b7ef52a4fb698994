import assert from "node:assert/strict";
import { maxSensitivity, sensitivityOf } from "../../src/metrics/max_sensitivity.ts";
import golden from "../golden/metrics/expected.json" with { type: "json" };
import { assertClose } from "../support/closeness.ts";

Deno.test("sensitivityOf() equals Captum's sensitivity_max", () => {
  const { base, perturbed, max } = golden.sensitivity;
  assert.equal(perturbed.length, 9);
  assertClose([sensitivityOf(base, perturbed).max], [max], { absolute: 0, relative: 1e-9 });
});

Deno.test("maxSensitivity() of gradient × input of a linear function is the relative change of the input", async () => {
  const input = Float32Array.of(1, -2, 2);
  const seen: Float32Array[] = [];
  const explain = (x: Float32Array) => {
    seen.push(x);
    return Promise.resolve(x);
  };
  const { max, mean, samples } = await maxSensitivity(explain, input, { seed: 1, radius: 0.1, samples: 20 });
  const changes = seen.slice(1).map((x) => Math.hypot(...x.map((value, i) => value - input[i])) / 3);
  assertClose([max, mean], [Math.max(...changes), changes.reduce((a, b) => a + b) / 20], {
    absolute: 1e-12,
    relative: 0,
  });
  assert.ok(seen.slice(1).every((x) => x.every((value, i) => Math.abs(value - input[i]) <= 0.1 + 1e-6)));
  assert.equal(samples, 20);
  assert.ok(max > mean && mean > 0);
});

Deno.test("maxSensitivity() refuses attributions of zero and radii that do not perturb", async () => {
  const zero = () => Promise.resolve([0, 0]);
  await assert.rejects(maxSensitivity(zero, new Float32Array(2), { seed: 1 }), /must not be zero: got 0/);
  await assert.rejects(maxSensitivity(zero, new Float32Array(2), { seed: 1, radius: 0 }), /above 0: got 0, 10/);
});
