import assert from "node:assert/strict";
import { predictedCost } from "../../../src/experiment/foretell/predicted_cost.ts";
import { dealCells } from "../../../src/experiment/shards/deal_cells.ts";
import { planOf, SWEEP } from "../../explain/fake_model.ts";

const { cells: CELLS } = planOf(SWEEP.replace("prompts:", "model: [embedded, chains]\nprompts:"));
const costOf = (cells: typeof CELLS) => cells.reduce((sum, cell) => sum + predictedCost(cell), 0);

for (const count of [1, 2, 5, 16, 100]) {
  Deno.test(`dealCells() gives each cell to one of ${count} shards, as evenly as the longest allows`, () => {
    const hands = dealCells(CELLS, count);
    assert.equal(hands.length, count);
    const ids = hands.flat().map(({ id }) => id);
    assert.deepEqual(ids.toSorted(), CELLS.map(({ id }) => id).toSorted());
    const longest = Math.max(...CELLS.map(predictedCost));
    const loads = hands.map(costOf);
    // Of each of the two models a hand has at most one cell more than it should.
    assert.ok(Math.max(...loads) - Math.min(...loads) <= 2 * longest, String(loads));
  });
}

Deno.test("dealCells() deals alike whatever order the cells come in, as another machine would", () => {
  const own = CELLS.filter(({ model }) => model.source === "embedded");
  const ids = (cells: typeof CELLS) => dealCells(cells, 3).map((hand) => hand.map(({ id }) => id));
  assert.deepEqual(ids(own.toReversed()), ids(own));
});

Deno.test("dealCells() lets a shard begin with the longest of its cells of a model", () => {
  for (const hand of dealCells(CELLS, 3)) {
    for (const cells of Map.groupBy(hand, ({ model }) => model.source).values()) {
      const costs = cells.map(predictedCost);
      assert.deepEqual(costs, costs.toSorted((a, b) => b - a));
    }
  }
});
