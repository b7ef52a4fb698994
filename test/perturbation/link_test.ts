import assert from "node:assert/strict";
import { logitOfLogProbability } from "../../src/perturbation/link.ts";
import { assertClose } from "../support/closeness.ts";

Deno.test("logitOfLogProbability() keeps its digits at both ends and refuses scores of no probability", () => {
  for (const z of [-700, -40, -1, 0, 1, 20]) {
    const logProbability = z > 0 ? -Math.log1p(Math.exp(-z)) : z - Math.log1p(Math.exp(z));
    assertClose([logitOfLogProbability(logProbability)], [z], { absolute: 1e-12, relative: 1e-12 });
  }
  for (const score of [0, 1, NaN]) assert.throws(() => logitOfLogProbability(score), RangeError);
});
