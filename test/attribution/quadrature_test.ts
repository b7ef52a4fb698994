import assert from "node:assert/strict";
import { LOBATTO_5, rule, type RuleName, RULES } from "../../src/attribution/quadrature.ts";

const NAMES = Object.keys(RULES) as RuleName[];
const integrate = ({ nodes, weights }: { nodes: readonly number[]; weights: readonly number[] }, degree: number) =>
  nodes.reduce((sum, x, k) => sum + weights[k] * x ** degree, 0);

for (const name of NAMES.filter((name) => name !== "captum-trapezoid")) {
  Deno.test(`rule(${name}) has weights that sum to one`, () => {
    for (const n of [2, 3, 20, 50, 300]) assert.ok(Math.abs(integrate(rule(name, n), 0) - 1) < 1e-13, `n = ${n}`);
  });
}

Deno.test("rule(captum-trapezoid) has weights that sum to (n − 1)/n, as Captum's do", () => {
  for (const n of [2, 20, 50]) assert.ok(Math.abs(integrate(rule("captum-trapezoid", n), 0) - (n - 1) / n) < 1e-13);
});

Deno.test("rule(gauss-legendre) is exact for polynomials to degree 2n − 1 and not beyond", () => {
  for (const n of [1, 2, 5, 12]) {
    for (let degree = 0; degree < 2 * n; degree++) {
      assert.ok(Math.abs(integrate(rule("gauss-legendre", n), degree) - 1 / (degree + 1)) < 1e-14, `${n}, ${degree}`);
    }
  }
  assert.ok(Math.abs(integrate(rule("gauss-legendre", 2), 4) - 1 / 5) > 1e-3);
});

for (
  const [name, degree] of [["riemann-middle", 1], ["trapezoid", 1], ["riemann-left", 0], ["riemann-right", 0]] as const
) {
  Deno.test(`rule(${name}) is exact to degree ${degree} and not beyond`, () => {
    for (let power = 0; power <= degree; power++) {
      assert.ok(Math.abs(integrate(rule(name, 7), power) - 1 / (power + 1)) < 1e-14);
    }
    assert.ok(Math.abs(integrate(rule(name, 7), degree + 1) - 1 / (degree + 2)) > 1e-4);
  });
}

Deno.test("LOBATTO_5 is exact to degree 7, its nested rule to degree 3", () => {
  const nested = { nodes: LOBATTO_5.nodes, weights: LOBATTO_5.nested };
  for (let degree = 0; degree <= 7; degree++) {
    assert.ok(Math.abs(integrate(LOBATTO_5, degree) - 1 / (degree + 1)) < 1e-15);
  }
  for (let degree = 0; degree <= 3; degree++) assert.ok(Math.abs(integrate(nested, degree) - 1 / (degree + 1)) < 1e-15);
  assert.ok(Math.abs(integrate(LOBATTO_5, 8) - 1 / 9) > 1e-5);
});

Deno.test("rule() refuses steps that are too few or no whole number", () => {
  assert.throws(() => rule("gauss-legendre", 0), /whole number ≥ 1: got 0/);
  assert.throws(() => rule("trapezoid", 1), /whole number ≥ 2: got 1/);
  assert.throws(() => rule("riemann-left", 2.5), RangeError);
});
