import assert from "node:assert/strict";
import { spreadOverTokens } from "../../../../src/explain/methods/perturbation/spread_over_tokens.ts";
import type { Unit } from "../../../../src/units/unit.ts";

const unit = (...tokens: number[]): Unit => ({ text: "", name: null, tokens, frozen: false });

Deno.test("spreadOverTokens() gives each token of a unit an equal part, row by row", () => {
  const spread = spreadOverTokens(Float64Array.of(4, -1, 9, 10, 0, 3), [unit(0, 2), unit(1), unit(3, 4, 5)]);
  assert.deepEqual([...spread], [2, -1, 2, 3, 3, 3, 5, 0, 5, 1, 1, 1]);
});
