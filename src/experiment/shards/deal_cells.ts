import type { Cell } from "../run/cell.ts";
import { groupByModel } from "../run/group_by_model.ts";
import { predictedCost } from "../foretell/predicted_cost.ts";

/**
 * Deals the cells of a plan to shards, as evenly as their predicted costs allow: the longest first, each to the shard
 * that has least. Every machine deals alike. Those of one model are dealt by themselves, as costs of models differ.
 *
 * @returns the cells of each shard, the longest first; a shard may have none
 */
export function dealCells(cells: readonly Cell[], shards: number): Cell[][] {
  const hands = Array.from({ length: shards }, (): Cell[] => []);
  const dealt = hands.map(() => 0);
  for (const own of groupByModel(cells)) {
    const costs = own.map((cell) => ({ cell, cost: predictedCost(cell) }));
    costs.sort((a, b) => b.cost - a.cost || (a.cell.key < b.cell.key ? -1 : 1));
    const loads = hands.map(() => 0);
    for (const { cell, cost } of costs) {
      let least = 0;
      for (let shard = 1; shard < shards; shard++) {
        const less = loads[shard] - loads[least] || dealt[shard] - dealt[least];
        if (less < 0) least = shard;
      }
      hands[least].push(cell);
      loads[least] += cost;
      dealt[least] += cost;
    }
  }
  return hands;
}
