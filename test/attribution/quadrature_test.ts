import assert from "node:assert/strict";
import {
  FIXED_QUADRATURES,
  type FixedQuadratureName,
  interpolatory,
  LOBATTO_5,
  quadratureRule,
  simpsonComplement,
} from "../../src/attribution/quadrature.ts";

const NAMES = Object.keys(FIXED_QUADRATURES) as FixedQuadratureName[];
const integrate = ({ nodes, weights }: { nodes: readonly number[]; weights: readonly number[] }, degree: number) =>
  nodes.reduce((sum, x, k) => sum + weights[k] * x ** degree, 0);

for (const name of NAMES.filter((name) => name !== "captum-trapezoid")) {
  Deno.test(`quadratureRule(${name}) has weights that sum to one`, () => {
    for (const n of [2, 3, 20, 50, 300]) {
      assert.ok(Math.abs(integrate(quadratureRule(name, n), 0) - 1) < 1e-13, `n = ${n}`);
    }
  });
}

Deno.test("quadratureRule(captum-trapezoid) has weights that sum to (n − 1)/n, as Captum's do", () => {
  for (const n of [2, 20, 50]) {
    assert.ok(Math.abs(integrate(quadratureRule("captum-trapezoid", n), 0) - (n - 1) / n) < 1e-13);
  }
});

Deno.test("quadratureRule(gauss-legendre) is exact for polynomials to degree 2n − 1 and not beyond", () => {
  for (const n of [1, 2, 5, 12]) {
    for (let degree = 0; degree < 2 * n; degree++) {
      assert.ok(
        Math.abs(integrate(quadratureRule("gauss-legendre", n), degree) - 1 / (degree + 1)) < 1e-14,
        `${n}, ${degree}`,
      );
    }
  }
  assert.ok(Math.abs(integrate(quadratureRule("gauss-legendre", 2), 4) - 1 / 5) > 1e-3);
});

for (
  const [name, degree] of [["riemann-middle", 1], ["trapezoid", 1], ["riemann-left", 0], ["riemann-right", 0]] as const
) {
  Deno.test(`quadratureRule(${name}) is exact to degree ${degree} and not beyond`, () => {
    for (let power = 0; power <= degree; power++) {
      assert.ok(Math.abs(integrate(quadratureRule(name, 7), power) - 1 / (power + 1)) < 1e-14);
    }
    assert.ok(Math.abs(integrate(quadratureRule(name, 7), degree + 1) - 1 / (degree + 2)) > 1e-4);
  });
}

/** Degree to which a rule is exact. */
function degreeOf(rule: { nodes: readonly number[]; weights: readonly number[] }): number {
  let degree = 0;
  while (Math.abs(integrate(rule, degree + 1) - 1 / (degree + 2)) < 1e-14) degree++;
  return degree;
}

Deno.test("interpolatory() gives Simpson's weights, and any nodes a degree below their number", () => {
  const { weights } = interpolatory([0, 1 / 2, 1]);
  [1 / 6, 2 / 3, 1 / 6].forEach((weight, k) => assert.ok(Math.abs(weights[k] - weight) < 1e-15));
  assert.equal(degreeOf(interpolatory([0, 0.3, 1])), 2);
  assert.equal(degreeOf(interpolatory([0, 0.11, 0.3, 0.8, 1])), 4);
});

Deno.test("interpolatory() on LOBATTO_5 is Gauss–Lobatto's rule, exact to degree 7", () => {
  const lobatto = interpolatory(LOBATTO_5);
  [1 / 20, 49 / 180, 16 / 45, 49 / 180, 1 / 20].forEach((weight, k) =>
    assert.ok(Math.abs(lobatto.weights[k] - weight) < 1e-14)
  );
  assert.equal(degreeOf(lobatto), 7);
});

Deno.test("simpsonComplement() makes four nodes exact to degree 4, and mirrored nodes give mirrored ones", () => {
  for (const x of [0.1, (1 - Math.sqrt(1 / 5)) / 2, 0.3453463292920228, 0.62, 0.9]) {
    const y = simpsonComplement(x);
    const degree = degreeOf(interpolatory([0, x, y, 1].sort((a, b) => a - b)));
    assert.ok(degree >= 4, `degree ${degree} for ${x}`);
    assert.ok(Math.abs(simpsonComplement(1 - x) - (1 - y)) < 1e-14);
  }
});

Deno.test("simpsonComplement() stays inside if no node makes the rule exact to degree 4", () => {
  for (const x of [0.4, 0.45, 0.5, 0.58]) {
    const y = simpsonComplement(x);
    assert.ok(y > 0 && y < 1 && Math.abs(y - x) > 0.2, `${y} for ${x}`);
  }
});

Deno.test("quadratureRule() refuses steps that are too few or no whole number", () => {
  assert.throws(() => quadratureRule("gauss-legendre", 0), /whole number ≥ 1: got 0/);
  assert.throws(() => quadratureRule("trapezoid", 1), /whole number ≥ 2: got 1/);
  assert.throws(() => quadratureRule("riemann-left", 2.5), RangeError);
});

Deno.test("quadratureRule() refuses at once what would take minutes", () => {
  assert.throws(
    () => quadratureRule("gauss-legendre", 100_000),
    /Cannot use gauss-legendre as its steps must be at most 10000: got 100000/,
  );
  assert.equal(quadratureRule("riemann-middle", 100_000).nodes.length, 100_000);
});
