import assert from "node:assert/strict";
import { type AdaptiveRound, integrateAdaptively } from "../../src/attribution/adaptive.ts";
import { integrateFixed } from "../../src/attribution/integrated_gradients.ts";
import { assertClose } from "../support/closeness.ts";
import type { PathFunction } from "../../src/attribution/path_function.ts";
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

Deno.test("integrateAdaptively() certifies a path that a fixed rule of as many points gets wrong", async () => {
  const path = pathOf(STEEP);
  const adaptive = await integrateAdaptively(path, { tolerance: 1e-3, budget: 400, gradient: "token" });
  const exact = [0.25, 0.75, 0.25, 0.75];
  const error = (values: Float64Array) => values.reduce((sum, value, i) => sum + Math.abs(value - exact[i]), 0);
  assert.ok(adaptive.certified!.met);
  assert.ok(error(adaptive.attribution) <= 2 * 1e-3, `error ${error(adaptive.attribution)}`);
  const fixed = await integrateFixed(pathOf(STEEP), "trapezoid", 30, "token");
  assert.ok(error(fixed.attribution) > 0.1, `error ${error(fixed.attribution)}`);
});

Deno.test("integrateAdaptively() tells κ and the points before each refinement, the points growing", async () => {
  const rounds: AdaptiveRound[] = [];
  const tolerance = 1e-3;
  const { pathPoints } = await integrateAdaptively(pathOf(STEEP), {
    ...{ tolerance, budget: 400, gradient: "sequence" },
    onRound: (round) => rounds.push(round),
  });
  assert.ok(rounds.length > 1);
  assert.ok(rounds.every((round) => round.certificate > tolerance && round.tolerance === tolerance));
  assert.ok(rounds.every(({ points }, i) => points > (rounds[i - 1]?.points ?? 0) && points < pathPoints));
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

Deno.test("integrateAdaptively() evaluates no point twice and leaves none but the probe out of the integral", async () => {
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-30 * (x - 0.31)));
  const slope = (x: number) => 30 * sigmoid(x) * (1 - sigmoid(x));
  const step = {
    start: [0],
    end: [1],
    value: [([x]: readonly number[]) => sigmoid(x)],
    slope: [([x]: readonly number[]) => [slope(x)]],
  };
  for (const gradient of ["sequence", "token"] as const) {
    const path = pathOf(step);
    // Every point has a coordinate of its own: what it weighs shows in the attribution.
    const marked: PathFunction = {
      tokens: 400,
      targets: 1,
      async evaluate(alphas, wants) {
        const first = path.evaluated.length;
        const { score, tangent } = await path.evaluate(alphas, wants);
        const own = (value: number, k: number) =>
          Float64Array.from({ length: 400 }, (_, i) => i === first + k ? value : 0);
        return {
          score,
          tangent,
          gradient: tangent.map(([value], k) => own(value, k)),
        };
      },
    };
    const { pathPoints, attribution } = await integrateAdaptively(marked, { tolerance: 0.05, budget: 400, gradient });
    assert.equal(path.evaluated.length, pathPoints);
    assert.equal(new Set(path.evaluated).size, pathPoints);
    assert.equal(attribution.filter((value) => value !== 0).length, pathPoints - 1);
  }
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

Deno.test("integrateAdaptively() names the intervals that resist: both steps, and none if κ is met", async () => {
  const run = (budget: number) => integrateAdaptively(pathOf(STEEP), { tolerance: 1e-3, budget, gradient: "sequence" });
  const { resisting } = (await run(10)).certified!;
  for (const step of [0.31, 0.77]) {
    assert.ok(resisting.some(({ from, to }) => from <= step && step <= to), JSON.stringify(resisting));
  }
  assert.ok(resisting.every(({ from, to, share }, i) => from < to && share > 0 && from >= (resisting[i - 1]?.to ?? 0)));
  const shares = resisting.reduce((total, { share }) => total + share, 0);
  assert.ok(shares >= 0.9 && shares <= 1 + 1e-12, `${shares}`);
  assert.deepEqual((await run(400)).certified!.resisting, []);
});

Deno.test("integrateAdaptively() refines no interval beyond the resolution of f32", async () => {
  // A jump: no quadrature resolves it.
  const jump = {
    start: [0],
    end: [1],
    value: [([x]: readonly number[]) => x > 1 / 3 ? 1 : 0],
    slope: [() => [0]],
  };
  const path = pathOf(jump);
  const { certified, pathPoints } = await integrateAdaptively(path, {
    tolerance: 0.01,
    budget: 2000,
    gradient: "token",
  });
  assert.equal(certified!.met, false);
  assert.ok(pathPoints < 100, `${pathPoints} points`);
  assert.equal(new Set(path.evaluated.map(Math.fround)).size, pathPoints);
  const [{ from, to, share }] = certified!.resisting;
  assert.ok(from < 1 / 3 && 1 / 3 < to && share > 0.99, JSON.stringify(certified!.resisting));
});

Deno.test("integrateAdaptively() does without the derivative at the baseline if it is not finite", async () => {
  const root = {
    start: [0],
    end: [1],
    value: [([x]: readonly number[]) => Math.sqrt(x)],
    slope: [([x]: readonly number[]) => [0.5 / Math.sqrt(x)]],
  };
  const path = pathOf(root);
  const guarded: PathFunction = {
    ...path,
    async evaluate(alphas, wants) {
      const samples = await path.evaluate(alphas, wants);
      if (samples.tangent.some(([value]) => !Number.isFinite(value))) throw new RangeError("Cannot use the tangent");
      return samples;
    },
  };
  const { attribution, certified } = await integrateAdaptively(guarded, {
    tolerance: 0.01,
    budget: 200,
    gradient: "sequence",
  });
  assert.ok(certified!.met);
  assert.ok(Math.abs(attribution[0] - 1) <= 0.01, `${attribution[0]}`);
});

Deno.test("integrateAdaptively() does not take one target's lucky residual for an error of zero", async () => {
  // Both coordinates' integrals are off by the opposite: the only residual, which is that of their sum, stays zero.
  const at = 0.4;
  const bump = (x: number) => 1 / (1 + ((x - at) / 0.02) ** 2);
  const opposed = {
    start: [0, 0],
    end: [1, 1],
    value: [([x, y]: readonly number[]) => (x + y) / 2],
    slope: [([x]: readonly number[]) => [0.5 + bump(x), 0.5 - bump(x)]],
  };
  const { attribution, certified } = await integrateAdaptively(pathOf(opposed), {
    tolerance: 0.01,
    budget: 400,
    gradient: "sequence",
  });
  const exact = 0.02 * (Math.atan((1 - at) / 0.02) + Math.atan(at / 0.02));
  const error = 2 * Math.abs(attribution[0] - 0.5 - exact);
  assert.ok(certified!.met && certified!.perTarget[0]! < 1e-12);
  assert.ok(error <= 3 * 0.01, `error ${error}`);
});

Deno.test("integrateAdaptively() refuses a tolerance of zero, a small budget and a tolerance below the floor", async () => {
  const run = (tolerance: number, budget: number) =>
    integrateAdaptively(pathOf(STEEP), { tolerance, budget, gradient: "sequence" });
  await assert.rejects(run(0, 100), /tolerance must be > 0: got 0/);
  await assert.rejects(run(0.01, 5), /budget must be a whole number ≥ 10: got 5/);
  await assert.rejects(run(1e-20, 100), /above the arithmetic floor/);
});

Deno.test("integrateAdaptively() gives zeros, a certificate of zero and null gaps if nothing moves", async () => {
  const still = { ...BILINEAR, start: BILINEAR.end };
  const { attribution, certified } = await integrateAdaptively(pathOf(still), {
    tolerance: 0.01,
    budget: 100,
    gradient: "sequence",
  });
  assertClose(attribution, [0, 0], EXACT);
  assert.equal(certified!.certificate, 0);
});
