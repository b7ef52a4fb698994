import assert from "node:assert/strict";
import { FIXED_QUADRATURES, type FixedQuadratureName } from "../../../src/attribution/quadrature.ts";
import { validate } from "../../../src/explain/methods/resolve_options.ts";
import { QUADRATURE_OPTIONS } from "../../../src/explain/options/path_options.ts";

const { limit } = QUADRATURE_OPTIONS.steps;

for (const name of Object.keys(FIXED_QUADRATURES) as FixedQuadratureName[]) {
  Deno.test(`steps keep to the bounds of ${name}`, () => {
    const { leastSteps, mostSteps = 100_000 } = FIXED_QUADRATURES[name];
    const sentences = (steps: number) => validate({ quadrature: name, steps }).map(({ sentence }) => sentence);
    assert.deepEqual(sentences(leastSteps), []);
    assert.deepEqual(sentences(mostSteps), []);
    assert.equal(sentences(mostSteps + 1).length, 1);
    assert.equal(sentences(leastSteps - 1).length, 1);
    if (mostSteps < 100_000) {
      assert.equal(limit!.expects(mostSteps + 1, name), `at most ${mostSteps} with quadrature ${name}`);
    }
  });
}
