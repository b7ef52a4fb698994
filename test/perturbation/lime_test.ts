import assert from "node:assert/strict";
import { lime, type LimeOptions } from "../../src/perturbation/lime.ts";
import { createScorer, type Game } from "../../src/perturbation/scorer.ts";
import { assertClose } from "../support/closeness.ts";
import { gameOf, randomGame } from "./games.ts";

/** Twelve units of which two matter, for two targets. */
const SPARSE = gameOf(12, [(kept) => 4 * kept[3], (kept) => -2 * kept[7] - 1]);

Deno.test("lime() finds the weights of a linear game up to the ridge, and explains all of it", async () => {
  const { attribution, sequence, intercept, r2, uncertainty } = await lime(createScorer(SPARSE), {
    seed: 1,
    ridge: 1e-9,
    samples: 300,
  });
  const expected = new Float64Array(24);
  expected[3] = 4;
  expected[12 + 7] = -2;
  assertClose(attribution, expected, { absolute: 1e-6, relative: 0 });
  assertClose(sequence, expected.slice(0, 12).map((v, i) => v + expected[12 + i]), { absolute: 1e-6, relative: 0 });
  assertClose(intercept, [0, -1, -1], { absolute: 1e-6, relative: 0 });
  assertClose(r2, [1, 1, 1], { absolute: 1e-9, relative: 0 });
  assertClose(uncertainty!.standardError, new Float64Array(24), { absolute: 1e-6, relative: 0 });
});

Deno.test("lime()'s standard errors are the spread of its weights over seeds", async () => {
  const game = randomGame(8, 6);
  const runs = await Promise.all(
    Array.from({ length: 200 }, (_, seed) => lime(createScorer(game), { seed, samples: 150 })),
  );
  const stated = runs.map(({ uncertainty }) => uncertainty!.sequenceStandardError);
  for (let i = 0; i < 8; i++) {
    const weights = runs.map(({ sequence }) => sequence[i]);
    const mean = weights.reduce((a, b) => a + b, 0) / runs.length;
    const spread = Math.sqrt(weights.reduce((sum, w) => sum + (w - mean) ** 2, 0) / (runs.length - 1));
    const said = stated.reduce((sum, errors) => sum + errors[i], 0) / runs.length;
    assert.ok(said / spread > 0.85 && said / spread < 1.35, `unit ${i}: stated ${said}, spread ${spread}`);
  }
});

Deno.test("lime() does without the empty prompt if it has no score", async () => {
  const game = gameOf(3, [(kept) => {
    assert.ok(kept.some(Boolean));
    return kept[0];
  }], false);
  assert.equal((await lime(createScorer(game), { seed: 1, samples: 50 })).baseline, null);
  await assert.rejects(lime(createScorer(game), { seed: 1, kernelWidth: 0 }), /kernelWidth must be above 0: got 0/);
});

Deno.test("lime() says what is missing where one unit, a kernel of no width or the budget leaves nothing to fit", async () => {
  const one = gameOf(1, [(kept) => kept[0]], false);
  const fails = (game: Game, options: Partial<LimeOptions>, message: RegExp, budget?: number) =>
    assert.rejects(lime(createScorer(game, { budget }), { seed: 1, ...options }), message);
  await fails(one, {}, /two coalitions at least: got 1 unit that can be taken away$/);
  await fails(randomGame(8, 5), {}, /two coalitions at least: got a budget of 2 calls$/, 2);
  await fails(randomGame(8, 5), { kernelWidth: 1e-300 }, /kernelWidth must leave .* some weight: got 1e-300$/);
});
