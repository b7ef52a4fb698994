import assert from "node:assert/strict";
import { coalitionOf, everyUnit, noUnit } from "../../src/perturbation/coalition.ts";
import { createScorer } from "../../src/perturbation/scorer.ts";
import { bitsOf, gameOf, randomGame } from "./games.ts";

Deno.test("createScorer() appends the sum over targets", async () => {
  const scorer = createScorer(gameOf(2, [(kept) => kept[0], (kept) => 10 * kept[1]]));
  assert.equal(scorer.columns, 3);
  assert.deepEqual((await scorer.score([everyUnit(2), noUnit(2)])).map((v) => [...v]), [[1, 10, 11], [0, 0, 0]]);
});

Deno.test("createScorer() scores equal coalitions once, within a request and between requests", async () => {
  const game = gameOf(6, [bitsOf]);
  const scorer = createScorer(game);
  const asked = [3, 5, 3, 63, 5].map((bits) => coalitionOf(bits, 6));
  assert.equal(scorer.cost(asked), 3);
  assert.deepEqual((await scorer.score(asked)).map((v) => v[0]), [3, 5, 3, 63, 5]);
  await Promise.all([scorer.score([asked[0], coalitionOf(9, 6)]), scorer.score([coalitionOf(9, 6), asked[3]])]);
  assert.deepEqual(game.batches, [3, 1]);
  assert.deepEqual([scorer.spent, scorer.asked, scorer.cost(asked)], [4, 9, 0]);
});

Deno.test("createScorer() gives the same scores for every batch size", async () => {
  const all = Array.from({ length: 64 }, (_, bits) => coalitionOf(bits, 6));
  const whole = await createScorer(randomGame(6, 3, 2)).score(all);
  for (const batch of [1, 7, 64]) {
    const game = randomGame(6, 3, 2);
    assert.deepEqual(await createScorer(game, { batch }).score(all), whole);
    assert.equal(game.batches.length, Math.ceil(64 / batch));
    assert.ok(game.batches.every((count) => count <= batch));
  }
});

Deno.test("createScorer() makes no call beyond the budget and none for a request that exceeds it", async () => {
  const game = randomGame(4, 1);
  const scorer = createScorer(game, { budget: 5 });
  await scorer.score([1, 2, 3].map((bits) => coalitionOf(bits, 4)));
  await assert.rejects(scorer.score([4, 5, 6].map((bits) => coalitionOf(bits, 4))), /got 2 of 5 left/);
  assert.equal(scorer.spent, 3);
  await scorer.score([1, 4, 5].map((bits) => coalitionOf(bits, 4)));
  assert.deepEqual([scorer.spent, game.batches], [5, [3, 2]]);
});

Deno.test("createScorer() scores the coalition that was asked for although the caller changes it", async () => {
  const game = gameOf(3, [bitsOf]);
  const scorer = createScorer(game, { batch: 1 });
  const kept = Uint8Array.of(1, 0, 0);
  const pending = scorer.score([kept]);
  kept[1] = 1;
  assert.equal((await pending)[0][0], 1);
});

Deno.test("createScorer() forgets coalitions whose scoring failed", async () => {
  let fail = true;
  const scorer = createScorer({
    units: 1,
    targets: 1,
    scoresNothing: true,
    score: () => fail ? Promise.reject(new Error("lost device")) : Promise.resolve([Float64Array.of(7)]),
  });
  await assert.rejects(scorer.score([everyUnit(1)]), /lost device/);
  fail = false;
  assert.equal((await scorer.score([everyUnit(1)]))[0][0], 7);
});

Deno.test("createScorer() refuses wrong shapes, scores that are not finite and empty budgets", async () => {
  const scorer = createScorer(gameOf(3, [() => NaN]));
  await assert.rejects(scorer.score([everyUnit(4)]), { name: "TypeError", message: /must be \[3\]: got \[4\]/ });
  await assert.rejects(scorer.score([everyUnit(3)]), { name: "RangeError", message: /finite: got NaN/ });
  const wrong = { ...gameOf(3, [bitsOf]), targets: 2 };
  await assert.rejects(createScorer(wrong).score([everyUnit(3)]), { name: "TypeError", message: /must be \[2\]: got/ });
  assert.throws(() => createScorer(randomGame(2, 1), { budget: 0 }), /at least 1 model call: got 0/);
  assert.throws(() => createScorer(randomGame(2, 1), { batch: NaN }), /at least 1 coalition: got NaN/);
});
