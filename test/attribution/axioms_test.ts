import assert from "node:assert/strict";
import { integrateAdaptively } from "../../src/attribution/adaptive.ts";
import { integrateFixed } from "../../src/attribution/integrated_gradients.ts";
import { assertClose } from "../support/closeness.ts";
import { randomValues } from "../support/random.ts";
import { type ClosedForm, pathOf } from "./closed_form.ts";

/** Sundararajan, Taly and Yan (2017) on random networks f(x) = Σ_k a_k tanh(w_k · x + b_k) of four coordinates. */
const CASES = 200;
const COORDINATES = 4;
const UNITS = 3;

interface Unit {
  readonly a: number;
  readonly w: readonly number[];
  readonly b: number;
}

interface Problem {
  readonly units: readonly Unit[];
  readonly start: readonly number[];
  readonly end: readonly number[];
}

function problem(seed: number): Problem {
  const values = [...randomValues(2 * COORDINATES + UNITS * (COORDINATES + 2), seed)];
  const take = (count: number) => values.splice(0, count);
  const [start, end] = [take(COORDINATES), take(COORDINATES)];
  const units = Array.from({ length: UNITS }, () => {
    const [a, b] = take(2);
    return { a: 2 * a, b, w: take(COORDINATES).map((w) => 2 * w) };
  });
  return { units, start, end };
}

function closedForm({ units, start, end }: Problem): ClosedForm {
  const inner = ({ w, b }: Unit, x: readonly number[]) => w.reduce((sum, wi, i) => sum + wi * x[i], b);
  return {
    start,
    end,
    value: [(x) => units.reduce((sum, unit) => sum + unit.a * Math.tanh(inner(unit, x)), 0)],
    slope: [
      (x) =>
        x.map((_, i) =>
          units.reduce((sum, unit) => sum + unit.a * unit.w[i] * (1 - Math.tanh(inner(unit, x)) ** 2), 0)
        ),
    ],
  };
}

const METHODS = {
  "Gauss–Legendre with 40 points": (form: ClosedForm) => integrateFixed(pathOf(form), "gauss-legendre", 40, "sequence"),
  "the certified rule": (form: ClosedForm) =>
    integrateAdaptively(pathOf(form), { tolerance: 1e-8, budget: 4000, gradient: "sequence" }),
};

for (const [name, integrate] of Object.entries(METHODS)) {
  const attribute = async (one: Problem) => (await integrate(closedForm(one))).attribution;
  // Gaps are below 12, of which the certified rule may be 1e-8 off, and these functions are smooth for 40 points.
  const close = { absolute: 1e-6, relative: 0 };
  const each = async (check: (one: Problem, seed: number) => Promise<void>) => {
    for (let seed = 1; seed <= CASES; seed++) await check(problem(seed), seed);
  };

  Deno.test(`${name} is complete on ${CASES} random networks`, () =>
    each(async (one) => {
      const { attribution, input, baseline } = await integrate(closedForm(one));
      assertClose([attribution.reduce((sum, value) => sum + value, 0)], [input[0] - baseline[0]], close);
    }));

  Deno.test(`${name} gives nothing to a coordinate that ${CASES} random networks do not read`, () =>
    each(async (one, seed) => {
      const dummy = seed % COORDINATES;
      const units = one.units.map((unit) => ({ ...unit, w: unit.w.map((w, i) => i === dummy ? 0 : w) }));
      const attribution = await attribute({ ...one, units });
      assert.equal(Math.abs(attribution[dummy]), 0);
      assert.ok(attribution.some((value) => value !== 0));
    }));

  Deno.test(`${name} treats two coordinates alike that ${CASES} random networks cannot tell apart`, () =>
    each(async (one) => {
      const alike = (values: readonly number[]) => values.map((value, i) => i === 1 ? values[0] : value);
      const units = one.units.map((unit) => ({ ...unit, w: alike(unit.w) }));
      const [first, second] = await attribute({ units, start: alike(one.start), end: alike(one.end) });
      assert.equal(first, second);
    }));

  Deno.test(`${name} is linear in pairs of ${CASES} random networks`, () =>
    each(async (one, seed) => {
      const other = { ...one, units: problem(seed + CASES).units };
      const scaled = (units: readonly Unit[], by: number) => units.map((unit) => ({ ...unit, a: by * unit.a }));
      const both = await attribute({ ...one, units: [...scaled(one.units, 2), ...scaled(other.units, -3)] });
      const [f, g] = [await attribute(one), await attribute(other)];
      assertClose(both, [...f].map((value, i) => 2 * value - 3 * g[i]), { absolute: 1e-5, relative: 0 });
    }));

  Deno.test(`${name} sees the function of ${CASES} random networks, not how it is written`, () =>
    each(async (one) => {
      // tanh is odd, the sum of the units has no order, and a unit is the sum of its halves.
      const turned = one.units.map(({ a, w, b }) => ({ a: -a, w: w.map((wi) => -wi), b: -b }));
      const halves = turned.toReversed().flatMap((unit) =>
        [0.25, 0.75].map((share) => ({ ...unit, a: share * unit.a }))
      );
      assertClose(await attribute({ ...one, units: halves }), await attribute(one), close);
    }));
}
