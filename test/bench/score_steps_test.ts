import assert from "node:assert/strict";
import { mixedCases } from "../../bench/chains/mixed_cases.ts";
import { meanScore, scoreSteps } from "../../bench/chains/score_steps.ts";

Deno.test("scoreSteps() calls steps apart only if each that counts has more than every other, ties included", () => {
  assert.deepEqual(scoreSteps([0.5, 0.1, 0.4], [true, false, true]), { auc: 1, apart: true, invented: 0 });
  assert.deepEqual(scoreSteps([0.5, 0.4, 0.4, 0.1], [true, false, true, false]), {
    auc: 0.875,
    apart: false,
    invented: 1,
  });
  assert.deepEqual(scoreSteps([0.1, 0.3, 0.2], [true, false, false]), { auc: 0, apart: false, invented: 2 });
});

Deno.test("meanScore() averages over prompts", () => {
  const found = meanScore([{ auc: 1, apart: true, invented: 0 }, { auc: 0.5, apart: false, invented: 3 }]);
  assert.deepEqual(found, { prompts: 2, apart: 0.5, auc: 0.75, invented: 1.5 });
});

Deno.test("mixedCases() takes held-out prompts that mix both kinds of steps, and refuses more than there are", () => {
  const all = mixedCases(93);
  assert.equal(new Set(all.map(({ prompt }) => prompt)).size, 93);
  for (const { steps } of all) assert.equal(new Set(steps.map(({ label }) => label)).size, 2);
  assert.deepEqual(mixedCases(31), all.filter((_, i) => i % 3 === 0));
  assert.throws(() => mixedCases(94), /must be 1 … 93: got 94/);
});
