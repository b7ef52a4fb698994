import assert from "node:assert/strict";
import { integrateAdaptively } from "../../src/attribution/adaptive.ts";
import { integrateFixed } from "../../src/attribution/integrated_gradients.ts";
import { joinIntegrals } from "../../src/attribution/joined_integral.ts";
import { assertClose } from "../support/closeness.ts";
import { BILINEAR, type ClosedForm, MAX, NETWORK, pathOf, QUADRATIC } from "./closed_form.ts";

/** A path for each coordinate, which moves it alone. */
function singles(form: ClosedForm) {
  return form.end.map((_, i) => pathOf({ ...form, start: form.end.map((x, j) => j === i ? form.start[j] : x) }));
}

/** Attribution of each coordinate by completeness, [T L]. */
function exact({ start, end, value }: ClosedForm): number[] {
  return value.flatMap((f) => end.map((_, i) => f(end) - f(end.map((x, j) => j === i ? start[j] : x))));
}

for (const [name, form] of Object.entries({ BILINEAR, QUADRATIC, NETWORK })) {
  Deno.test(`joinIntegrals() gives each coordinate of ${name} the loss of the score without it`, async () => {
    const parts = await Promise.all(singles(form).map((path) => integrateFixed(path, "gauss-legendre", 40, "token")));
    const { attribution, total, input, baseline, certified, pathPoints } = joinIntegrals(parts, 0.01);
    const expected = exact(form);
    assertClose(attribution, expected, { absolute: 1e-10, relative: 0 });
    const T = form.value.length;
    const L = form.end.length;
    const sums = form.value.map((_, t) => expected.slice(t * L, (t + 1) * L).reduce((a, b) => a + b, 0));
    assertClose(total!, sums, { absolute: 1e-10, relative: 0 });
    assertClose(Array.from({ length: T }, (_, t) => input[t] - baseline[t]), sums, { absolute: 1e-10, relative: 0 });
    assert.equal(certified, null);
    assert.equal(pathPoints, L * 42);
  });
}

Deno.test("joinIntegrals() of certified integrals has a certificate that bounds the error of the sum", async () => {
  const options = { tolerance: 1e-3, budget: 200, gradient: "token" } as const;
  const parts = await Promise.all(singles(NETWORK).map((path) => integrateAdaptively(path, options)));
  const { attribution, certified } = joinIntegrals(parts, 1e-3);
  const expected = exact(NETWORK);
  const error = expected.reduce((sum, value, i) => sum + Math.abs(attribution[i] - value), 0);
  const gap = expected.reduce((sum, value) => sum + Math.abs(value), 0);
  assert.ok(certified!.met && certified!.certificate! <= 1e-3);
  assert.ok(error / gap <= certified!.certificate! + 1e-12, `${error / gap} and ${certified!.certificate}`);
  attribution.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]) <= certified!.entryError[i] + 1e-12, `${i}`)
  );
});

Deno.test("joinIntegrals() passes over a coordinate that does not matter", async () => {
  // max(x, 2y) at (1, 3): x is nowhere the larger.
  const parts = await Promise.all(
    singles(MAX).map((path) => integrateAdaptively(path, { tolerance: 0.1, budget: 100, gradient: "sequence" })),
  );
  const { attribution, certified, arithmeticFloor } = joinIntegrals(parts, 0.1);
  assert.equal(attribution[0], 0);
  assert.ok(certified!.certificate! >= 0 && arithmeticFloor! >= 0);
});
