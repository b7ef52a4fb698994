import assert from "node:assert/strict";
import { exactShapley } from "../../src/perturbation/exact_shapley.ts";
import { GAME_METHOD_NAMES, GAME_METHODS, type GameMethod } from "../support/game_methods.ts";
import { createScorer } from "../../src/perturbation/scorer.ts";
import { assertClose } from "../support/closeness.ts";
import { gameOf, randomGame } from "./games.ts";

/** Three targets of eight units: a sum of single units' effects each. */
const ADDITIVE = gameOf(
  8,
  [1, 2, 3].map((t) => (kept: Uint8Array) => kept.reduce((sum, one, i) => sum + one * (i - 3) * t, 0)),
);

for (const name of GAME_METHOD_NAMES) {
  const { run, complete }: GameMethod = GAME_METHODS[name];
  const options = { seed: 1, calls: 60, pairs: 10, ridge: 1e-9, penalty: 1e-9, link: "identity" } as const;

  Deno.test(`${name} gives each unit of an additive game its effect, for every target and their sum`, async () => {
    const result = await run(createScorer(ADDITIVE), options);
    const effects = [1, 2, 3].flatMap((t) => Array.from({ length: 8 }, (_, i) => (i - 3) * t));
    assertClose(result.attribution, effects, { absolute: 1e-6, relative: 0 });
    assertClose(result.sequence, Array.from({ length: 8 }, (_, i) => 6 * (i - 3)), { absolute: 1e-6, relative: 0 });
    assertClose(result.input, [4, 8, 12], { absolute: 0, relative: 0 });
    assertClose(result.baseline!, [0, 0, 0], { absolute: 0, relative: 0 });
  });

  Deno.test(`${name} gives the same whatever the batch, and ${complete ? "is" : "need not be"} complete`, async () => {
    const [one, all] = await Promise.all(
      [{ batch: 3 }, {}].map((how) => run(createScorer(randomGame(8, 5, 2), how), options)),
    );
    assert.deepEqual(one, all);
    const gap = all.input.map((value, t) => value - all.baseline![t]);
    const sums = [0, 1].map((t) => all.attribution.slice(8 * t, 8 * t + 8).reduce((a, b) => a + b, 0));
    if (complete) assertClose(sums, gap, { absolute: 1e-12, relative: 0 });
    else assert.ok(Math.abs(sums[0] - gap[0]) > 1e-6);
  });
}

Deno.test("methods that share a scorer share its calls", async () => {
  const scorer = createScorer(randomGame(8, 5));
  await exactShapley(scorer);
  for (const name of GAME_METHOD_NAMES) {
    await GAME_METHODS[name].run(scorer, { seed: 2, calls: 300, pairs: 8, link: "identity" });
  }
  assert.equal(scorer.spent, 256);
});
