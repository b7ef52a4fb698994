import assert from "node:assert/strict";
import { fitRidge } from "../../../src/perturbation/fit/weighted_ridge.ts";
import { createRandom } from "../../../src/statistics/random.ts";
import { assertClose } from "../../support/closeness.ts";

Deno.test("fitRidge() without penalty solves ordinary least squares", () => {
  const random = createRandom(3);
  const rows = Array.from({ length: 30 }, () => Array.from({ length: 3 }, random.normal));
  const values = rows.map(([a, b, c]) => [1 + 2 * a - b + 0.5 * c]);
  const weights = rows.map(() => 0.1 + random.uniform());
  const fit = fitRidge({ units: 3, columns: 1, rows, values, weights, penalty: 0 })!;
  assertClose([...fit.coefficients, ...fit.intercept], [2, -1, 0.5, 1], { absolute: 1e-12, relative: 0 });
  assertClose([fit.parameters], [4], { absolute: 1e-9, relative: 0 });
  assert.equal(
    fitRidge({ units: 2, columns: 1, rows: [[1, 1], [2, 2]], values: [[1], [2]], weights: [1, 1], penalty: 0 }),
    null,
  );
});
