import assert from "node:assert/strict";
import { occlude } from "../../src/perturbation/occlusion.ts";
import { createScorer } from "../../src/perturbation/scorer.ts";
import { assertClose } from "../support/closeness.ts";
import { gameOf } from "./games.ts";

Deno.test("occlude() leaves one out, or averages the windows that hold a unit", async () => {
  const game = gameOf(4, [([a, b, c, d]) => 1 * a + 10 * b + 100 * c * d]);
  assertClose((await occlude(createScorer(game))).attribution, [1, 10, 100, 100], { absolute: 1e-12, relative: 0 });
  const scorer = createScorer(game);
  // Windows {0, 1}, {1, 2}, {2, 3} change the score by 11, 110, 100.
  const { attribution, input, baseline, calls } = await occlude(scorer, { window: 2 });
  assertClose(attribution, [11, (11 + 110) / 2, (110 + 100) / 2, 100], { absolute: 1e-12, relative: 0 });
  assert.deepEqual([input[0], baseline![0], calls], [111, 0, 5]);
});

Deno.test("occlude() has no baseline if the empty prompt has no score, and refuses wrong windows", async () => {
  const scorer = createScorer(gameOf(3, [([a]) => a], false));
  const { baseline, calls } = await occlude(scorer);
  assert.deepEqual([baseline, calls], [null, 4]);
  await assert.rejects(occlude(scorer, { window: 4 }), /window must be 1 … 3 units: got 4/);
  await assert.rejects(
    occlude(scorer, { window: 2, stride: 3 }),
    /stride must be 1 … 2, no wider than the window: got 3/,
  );
});
