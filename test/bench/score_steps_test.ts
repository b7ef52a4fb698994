import assert from "node:assert/strict";
import { mixedCases } from "../../bench/chains/mixed_cases.ts";
import { chainsOfWords, meanScore, scoreSteps } from "../../bench/chains/score_steps.ts";

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

Deno.test("chainsOfWords() ends chains at tokens that are neither passed nor the answer's", () => {
  // Token 3, the answer, reads 2 (a full stop) and 1; both read token 0.
  const shares = {
    targets: 4,
    tokens: 1,
    prompt: Float64Array.of(1, 0.5, 0, 0.2),
    generated: Float64Array.of(0, 0, 0, 0, 0.5, 0, 0, 0, 1, 0, 0, 0, 0, 0.3, 0.5, 0),
    balance: new Float64Array(4).fill(1),
    lost: new Float64Array(4),
  };
  const { reach } = chainsOfWords(shares, [3], [[0], [1]], [0, 1]);
  assert.ok(Math.abs(reach[0] - 0.15) < 1e-15 && Math.abs(reach[1] - 0.3) < 1e-15, `${reach}`);
  const { reach: all } = chainsOfWords(shares, [3], [[0], [1]], [0, 1, 2]);
  assert.ok(Math.abs(all[0] - 0.65) < 1e-15, `${all}`);
});

Deno.test("mixedCases() takes held-out prompts that mix both kinds of steps, and refuses more than there are", () => {
  const all = mixedCases(93);
  assert.equal(new Set(all.map(({ prompt }) => prompt)).size, 93);
  for (const { steps } of all) assert.equal(new Set(steps.map(({ label }) => label)).size, 2);
  assert.deepEqual(mixedCases(31), all.filter((_, i) => i % 3 === 0));
  assert.throws(() => mixedCases(94), /must be 1 … 93: got 94/);
});
