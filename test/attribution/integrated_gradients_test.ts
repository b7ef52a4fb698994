import assert from "node:assert/strict";
import { integrateAdaptively } from "../../src/attribution/adaptive.ts";
import { integrateFixed } from "../../src/attribution/integrated_gradients.ts";
import { assertClose } from "../support/closeness.ts";
import { BILINEAR, LINEAR, pathOf, STEEP } from "./closed_form.ts";

const EXACT = { absolute: 1e-13, relative: 0 };

Deno.test("integrateFixed() gives coefficient times change for a linear function, by every rule", async () => {
  for (const name of ["gauss-legendre", "riemann-left", "riemann-right", "riemann-middle", "trapezoid"] as const) {
    const { attribution, total, input, baseline } = await integrateFixed(pathOf(LINEAR), name, 3, "sequence");
    assertClose(attribution, [3, -6, 2], EXACT, name);
    assertClose(total!, [input[0] - baseline[0]], EXACT, `${name} total`);
  }
});

Deno.test("integrateFixed() with Captum's trapezoid is (n − 1)/n of a linear function", async () => {
  const { attribution } = await integrateFixed(pathOf(LINEAR), "captum-trapezoid", 4, "sequence");
  assertClose(attribution, [3, -6, 2].map((value) => value * 3 / 4), EXACT);
});

Deno.test("integrateFixed() shares a product equally", async () => {
  const { attribution } = await integrateFixed(pathOf(BILINEAR), "gauss-legendre", 2, "sequence");
  assertClose(attribution, [3, 3], EXACT);
});

Deno.test("integrateFixed() gives each target its own row, whose sum over targets is the sequence's", async () => {
  const token = await integrateFixed(pathOf(STEEP), "gauss-legendre", 40, "token");
  const sequence = await integrateFixed(pathOf(STEEP), "gauss-legendre", 40, "sequence");
  const [a, b, c, d] = token.attribution;
  assertClose([a + c, b + d], sequence.attribution, EXACT);
});

Deno.test("integrateFixed() without perTarget asks for no tangent; a matrix still has its totals", async () => {
  const path = pathOf(STEEP);
  const asked: boolean[] = [];
  const watched = {
    ...path,
    evaluate(alphas: readonly number[], wants: Parameters<typeof path.evaluate>[1]) {
      asked.push(wants.tangent);
      return path.evaluate(alphas, wants);
    },
  };
  const sequence = await integrateFixed(watched, "gauss-legendre", 40, "sequence", { perTarget: false });
  const token = await integrateFixed(watched, "gauss-legendre", 40, "token", { perTarget: false });
  assert.ok(asked.length > 1 && asked.every((tangent) => !tangent));
  assert.deepEqual([sequence.total, sequence.arithmeticFloor, token.arithmeticFloor], [null, null, null]);
  const whole = await integrateFixed(path, "gauss-legendre", 40, "token");
  assert.deepEqual([token.attribution, token.total], [whole.attribution, whole.total]);
});

Deno.test("integrateFixed() evaluates the ends once, whatever the rule's own nodes", async () => {
  for (const [name, points] of [["trapezoid", 5], ["riemann-left", 6], ["gauss-legendre", 7]] as const) {
    const path = pathOf(LINEAR);
    const { pathPoints } = await integrateFixed(path, name, 5, "sequence");
    assert.equal(pathPoints, points);
    assert.equal(path.evaluated.length, points);
    assert.equal(new Set(path.evaluated).size, points);
  }
});

Deno.test("integrateAdaptively() certifies what a fixed rule of as many points gets wrong", async () => {
  const path = pathOf(STEEP);
  const adaptive = await integrateAdaptively(path, { tolerance: 1e-3, budget: 400, gradient: "token" });
  const exact = [0.25, 0.75, 0.25, 0.75];
  const error = (values: Float64Array) => values.reduce((sum, value, i) => sum + Math.abs(value - exact[i]), 0);
  assert.ok(adaptive.certified!.met);
  assert.ok(error(adaptive.attribution) <= 2 * 1e-3, `error ${error(adaptive.attribution)}`);
  const fixed = await integrateFixed(pathOf(STEEP), "trapezoid", 30, "token");
  assert.ok(error(fixed.attribution) > 0.1, `error ${error(fixed.attribution)}`);
});

Deno.test("integrateAdaptively() has entry errors that cover the true ones", async () => {
  const { attribution, certified } = await integrateAdaptively(pathOf(STEEP), {
    tolerance: 1e-2,
    budget: 400,
    gradient: "token",
  });
  [0.25, 0.75, 0.25, 0.75].forEach((exact, i) =>
    assert.ok(Math.abs(attribution[i] - exact) <= certified!.entryError[i] + 1e-12)
  );
});

Deno.test("integrateAdaptively() walks back only the final grid of a token attribution", async () => {
  const path = pathOf(STEEP);
  const walked = new Set<number>();
  const counting = {
    ...path,
    evaluate(alphas: readonly number[], wants: Parameters<typeof path.evaluate>[1]) {
      if (wants.gradient === "token") alphas.forEach((alpha) => walked.add(alpha));
      return path.evaluate(alphas, wants);
    },
  };
  const { pathPoints } = await integrateAdaptively(counting, { tolerance: 1e-3, budget: 400, gradient: "token" });
  assert.ok(walked.size < pathPoints, `${walked.size} of ${pathPoints}`);
});

Deno.test("integrateAdaptively() says that the tolerance was not met within the budget, which it keeps", async () => {
  const path = pathOf(STEEP);
  const { certified, pathPoints } = await integrateAdaptively(path, {
    tolerance: 1e-6,
    budget: 30,
    gradient: "sequence",
  });
  assert.equal(certified!.met, false);
  assert.ok(certified!.certificate! > 1e-6);
  assert.ok(pathPoints <= 30);
  assert.equal(new Set(path.evaluated).size, path.evaluated.length);
});

Deno.test("integrateAdaptively() refuses a tolerance of zero, a small budget and a tolerance below the floor", async () => {
  const run = (tolerance: number, budget: number) =>
    integrateAdaptively(pathOf(STEEP), { tolerance, budget, gradient: "sequence" });
  await assert.rejects(run(0, 100), /tolerance must be > 0: got 0/);
  await assert.rejects(run(0.01, 5), /budget must be a whole number ≥ 17: got 5/);
  await assert.rejects(run(1e-12, 100), /above the arithmetic floor/);
});

Deno.test("integrateAdaptively() gives zeros, a certificate of zero and null gaps where nothing moves", async () => {
  const still = { ...BILINEAR, start: BILINEAR.end };
  const { attribution, certified } = await integrateAdaptively(pathOf(still), {
    tolerance: 0.01,
    budget: 100,
    gradient: "sequence",
  });
  assertClose(attribution, [0, 0], EXACT);
  assert.equal(certified!.certificate, 0);
});
