import assert from "node:assert/strict";
import { estimateFromPairs } from "../../../src/perturbation/fit/pair_estimate.ts";
import { assertClose } from "../../support/closeness.ts";

const UNITS = 3;
const VALUES = [2, -1, 0.5];
// z − ½ of the coalitions of one unit, which stand for their complements too.
const ROWS = Array.from({ length: UNITS }, (_, u) => Float64Array.from(VALUES, (_, i) => i === u ? 0.5 : -0.5));
const TOTALS = Float64Array.of(VALUES.reduce((sum, value) => sum + value));

/** Observations of the additive game with `VALUES`, moved by `error`. */
function observed(rows: readonly Float64Array[], error: (p: number) => number) {
  const values = rows.map((x, p) => Float64Array.of(x.reduce((sum, xi, i) => sum + xi * VALUES[i], error(p))));
  return { rows: [...rows], values, weights: rows.map(() => 1 / rows.length) };
}

const NONE = { rows: [], values: [], weights: [] };

Deno.test("estimateFromPairs() of every pair finds an additive game's values, and is certain", () => {
  const enumerated = observed(ROWS, () => 0);
  const found = estimateFromPairs({ enumerated, drawn: NONE, share: 0, totals: TOTALS, units: UNITS, columns: 1 })!;
  assertClose(found.coefficients, VALUES, { absolute: 1e-12, relative: 0 });
  assert.deepEqual([...found.standardError], [0, 0, 0]);
  assert.equal(found.degreesOfFreedom, Infinity);
});

Deno.test("estimateFromPairs() of draws with errors has standard errors", () => {
  const drawn = observed([...ROWS, ...ROWS, ...ROWS], (p) => p % 2 === 0 ? 0.1 : -0.1);
  const found = estimateFromPairs({ enumerated: NONE, drawn, share: 1, totals: TOTALS, units: UNITS, columns: 1 })!;
  assertClose(found.coefficients, VALUES, { absolute: 0.2, relative: 0 });
  assert.ok(found.standardError.every((error) => error > 0));
  assert.ok(found.degreesOfFreedom > 1 && found.degreesOfFreedom < 9);
});

Deno.test("estimateFromPairs() is null without the draws that a share of the weight asks for", () => {
  const enumerated = observed(ROWS.slice(1), () => 0);
  const problem = { enumerated, drawn: NONE, share: 0.5, totals: TOTALS, units: UNITS, columns: 1 };
  assert.equal(estimateFromPairs(problem), null);
});
