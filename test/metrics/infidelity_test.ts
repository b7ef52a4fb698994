import assert from "node:assert/strict";
import { createScorer } from "../../src/perturbation/scorer.ts";
import { infidelity, infidelityOf } from "../../src/metrics/infidelity.ts";
import golden from "../golden/metrics/expected.json" with { type: "json" };
import { assertClose } from "../support/closeness.ts";
import { gameOf } from "../perturbation/games.ts";

const LINEAR = gameOf(3, [([a, b, c]) => 2 * a - b + 3 * c, ([a]) => a]);

Deno.test("infidelityOf() equals Captum's infidelity, plain and scaled", () => {
  const { attribution, masks, drops, value, scaled } = golden.infidelity;
  const found = infidelityOf(attribution, masks.map((mask) => Uint8Array.from(mask)), drops);
  // Captum sums in f32.
  assertClose([found.value, found.scaled], [value, scaled], { absolute: 0, relative: 1e-6 });
  assert.ok(found.low < found.value && found.value < found.high && found.scaled <= found.value);
});

Deno.test("infidelity() is zero for the weights of a linear game and tells a wrong scale apart", async () => {
  const right = await infidelity(createScorer(LINEAR), [2, -1, 3], { seed: 1, target: 0 });
  assertClose([right.value, right.low, right.high, right.scaled, right.scale], [0, 0, 0, 0, 1], {
    absolute: 1e-12,
    relative: 0,
  });
  const half = await infidelity(createScorer(LINEAR), [1, -0.5, 1.5], { seed: 1, target: 0 });
  assert.ok(half.low > 0);
  assertClose([half.scaled, half.scale], [0, 2], { absolute: 1e-12, relative: 0 });
  const sum = await infidelity(createScorer(LINEAR), [3, -1, 3], { seed: 1 });
  assertClose([sum.value], [0], { absolute: 1e-12, relative: 0 });
});

Deno.test("infidelity() of no attribution is the mean square of the drops", async () => {
  const { value, scale } = await infidelity(createScorer(LINEAR), [0, 0, 0], { seed: 1, target: 1, samples: 2000 });
  // The first unit is gone in half of the coalitions.
  assert.ok(Math.abs(value - 0.5) < 0.05);
  assert.equal(scale, 0);
});

Deno.test("infidelity() keeps to the budget and away from the empty prompt", async () => {
  const game = gameOf(4, [(kept) => {
    assert.ok(kept.some(Boolean));
    return kept[0];
  }], false);
  const scorer = createScorer(game, { budget: 7 });
  assert.ok((await infidelity(scorer, [1, 0, 0, 0], { seed: 1, samples: 500 })).samples >= 6);
  assert.equal(scorer.spent, 7);
  await assert.rejects(
    infidelity(createScorer(game, { budget: 1 }), [1, 0, 0, 0], { seed: 9 }),
    /two coalitions must fit/,
  );
  await assert.rejects(infidelity(scorer, [1], { seed: 1 }), {
    name: "TypeError",
    message: /must be \[4\]: got \[1\]/,
  });
});
