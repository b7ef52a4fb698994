import assert from "node:assert/strict";
import { binaryTree, drawOrder, groupedTree, leavesOf, type UnitTree } from "../../src/perturbation/unit_tree.ts";
import { createRandom } from "../../src/statistics/random.ts";

Deno.test("groupedTree() joins units of one group, in order", () => {
  assert.deepEqual(groupedTree([0, 0, 1, 0, 2, 2]), [[0, 1, 3], 2, [4, 5]]);
  assert.deepEqual(groupedTree([5]), [0]);
});

Deno.test("binaryTree() keeps the leaves and splits every node in two", () => {
  const twoEach = (tree: UnitTree): boolean => typeof tree === "number" || (tree.length === 2 && tree.every(twoEach));
  for (const tree of [[0, 1, 2, 3, 4], [[0, 1, 2], 3, [[4], 5, 6]], [0]] as UnitTree[]) {
    assert.deepEqual(leavesOf(binaryTree(tree)), leavesOf(tree));
    assert.ok(twoEach(binaryTree(tree)));
  }
  assert.deepEqual(binaryTree([0, 1, 2, 3]), [[0, 1], [2, 3]]);
});

Deno.test("drawOrder() draws each order that keeps groups together equally often", () => {
  const random = createRandom(5);
  const counts = new Map<string, number>();
  for (let i = 0; i < 12000; i++) {
    const order = drawOrder([[0, 1], 2, [3, 4]], random).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 24);
  for (const order of counts.keys()) assert.match(order, /(01|10)/), assert.match(order, /(34|43)/);
  const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
  // 23 degrees of freedom: above 49.7 once in a thousand.
  assert.ok(chiSquared < 49.7, `χ² = ${chiSquared}`);
});
