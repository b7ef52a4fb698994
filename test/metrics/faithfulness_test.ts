import assert from "node:assert/strict";
import { createScorer } from "../../src/perturbation/scorer.ts";
import { measureFaithfulness, removalCurve } from "../../src/metrics/faithfulness.ts";
import { curveCounts, ORDER_MEASURE_NAMES, ORDER_MEASURES } from "../../src/metrics/order_measure.ts";
import { assertClose } from "../support/closeness.ts";
import { gameOf } from "../perturbation/games.ts";

const ROUNDING = { absolute: 1e-12, relative: 0 };

const WEIGHTS = [1, 8, 2, 4];

/** F = Σ w_i over the units that are kept, and another target that nothing changes. */
const additive = (scoresNothing = true) =>
  gameOf(4, [(kept) => WEIGHTS.reduce((sum, w, i) => sum + w * kept[i], 0), () => 5], scoresNothing);
const BEST = [1, 3, 2, 0];

Deno.test("removalCurve() takes units away, or puts them back, the most important first", async () => {
  const scorer = createScorer(additive());
  const target = 0;
  assert.deepEqual(await removalCurve(scorer, "deletion", BEST, { target }), {
    counts: [0, 1, 2, 3, 4],
    scores: [15, 7, 3, 1, 0],
  });
  assert.deepEqual(await removalCurve(scorer, "insertion", BEST), {
    counts: [0, 1, 2, 3, 4],
    scores: [5, 13, 17, 19, 20],
  });
  assert.deepEqual((await removalCurve(scorer, "deletion", BEST, { target, points: 3 })).counts, [0, 2, 4]);
});

Deno.test("removalCurve() leaves out the empty prompt if it has no score", async () => {
  const scorer = createScorer(additive(false));
  assert.deepEqual((await removalCurve(scorer, "deletion", BEST, { target: 0 })).scores, [15, 7, 3, 1]);
  assert.deepEqual((await removalCurve(scorer, "insertion", BEST, { target: 0 })).counts, [1, 2, 3, 4]);
});

Deno.test("measureFaithfulness() gives each measure as a hand computes it", async () => {
  const value = async (name: typeof ORDER_MEASURE_NAMES[number], order: number[]) =>
    (await measureFaithfulness(createScorer(additive()), name, order, { seed: 1, target: 0, orders: 2 })).value;
  // (15/2 + 7 + 3 + 1 + 0/2) / 4 and (0/2 + 8 + 12 + 14 + 15/2) / 4
  assertClose([await value("deletion", BEST), await value("insertion", BEST)], [18.5 / 4, 41.5 / 4], ROUNDING);
  // Of four units 1, 5, 10 and 20 % are one unit, 50 % are two.
  assertClose([await value("comprehensiveness", BEST)], [(4 * 8 + 12) / 5], ROUNDING);
  assertClose([await value("sufficiency", BEST)], [(4 * 7 + 3) / 5], ROUNDING);
});

Deno.test("curves of few points are weighed by the units between them", () => {
  const options = { scoresNothing: true, points: 3 };
  assert.deepEqual(curveCounts(5, options, "end"), [0, 3, 5]);
  assertClose([ORDER_MEASURES.deletion.value([10, 4, 0], 5, options)], [(3 * 7 + 2 * 2) / 5], ROUNDING);
  assert.throws(() => curveCounts(5, { scoresNothing: true, points: 1 }, "end"), /at least 2 points: got 1/);
});

for (const name of ORDER_MEASURE_NAMES) {
  Deno.test(`measureFaithfulness() by ${name} tells the best order from a random one and the worst from both`, async () => {
    const scorer = createScorer(additive());
    const options = { seed: 3, orders: 200, target: 0 };
    const best = await measureFaithfulness(scorer, name, BEST, options);
    const worst = await measureFaithfulness(scorer, name, BEST.toReversed(), options);
    assert.ok(best.advantage.low > 0 && worst.advantage.high < 0);
    assert.ok(best.chance < 0.15 && worst.chance === 1);
    assert.equal(best.control.orders, 200);
    assert.deepEqual(best.control, worst.control);
  });
}

Deno.test("measureFaithfulness(): the interval holds the mean of all random orders in 90 to 98 % of 200 seeds", async () => {
  const game = gameOf(5, [(kept) => Math.tanh(kept.reduce((sum, one, i) => sum + one * (i - 1), 0))]);
  const scorer = createScorer(game);
  const { value, control } = await measureFaithfulness(scorer, "deletion", [0, 1, 2, 3, 4], {
    seed: 999,
    orders: 20000,
  });
  let held = 0;
  for (let seed = 0; seed < 200; seed++) {
    const { advantage } = await measureFaithfulness(scorer, "deletion", [0, 1, 2, 3, 4], { seed, orders: 25 });
    if (advantage.low <= control.mean - value && control.mean - value <= advantage.high) held++;
  }
  assert.ok(held >= 180 && held <= 196, `${held / 2} %`);
});

Deno.test("measureFaithfulness() uses as many random orders as the budget allows", async () => {
  const scorer = createScorer(gameOf(20, [(kept) => kept[3]]), { budget: 100 });
  const { control } = await measureFaithfulness(scorer, "deletion", Array.from({ length: 20 }, (_, i) => i), {
    seed: 1,
  });
  assert.ok(control.orders >= 4 && control.orders < 50 && scorer.spent <= 100);
  const poor = createScorer(gameOf(20, [(kept) => kept[3]]), { budget: 30 });
  await assert.rejects(
    measureFaithfulness(poor, "deletion", Array.from({ length: 20 }, (_, i) => i), { seed: 1 }),
    /the order and two random ones must be scored: got room for 1 in a budget of 30 calls/,
  );
  await assert.rejects(
    measureFaithfulness(createScorer(additive()), "deletion", BEST, { seed: 1, target: 3 }),
    /target must be 0 … 1: got 3/,
  );
});
