import assert from "node:assert/strict";
import type { Coalition } from "../../src/perturbation/coalition.ts";
import { coarseToFine } from "../../src/perturbation/coarse_to_fine.ts";
import { exactOwen } from "../../src/perturbation/owen.ts";
import { createScorer } from "../../src/perturbation/scorer.ts";
import { binaryTree, halvedTree, type UnitTree } from "../../src/perturbation/unit_tree.ts";
import { assertClose } from "../support/closeness.ts";
import { gameOf, randomGame } from "./games.ts";

const ROUNDING = { absolute: 1e-12, relative: 1e-12 };
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
/** Seven units in three groups, of which one has groups of its own. */
const TREE: UnitTree = [[0, [1, 2]], 3, [4, 5, 6]];

Deno.test("coarseToFine() sums to the change of each target's score within any budget, and divides more with more", async () => {
  let fewest = 0;
  for (const budget of [2, 3, 4, 6, 8, 11, 100]) {
    const scorer = createScorer(randomGame(7, 5, 2), { budget });
    const found = await coarseToFine(scorer, TREE, { seed: 2, least: 1e-9 });
    for (const t of [0, 1]) {
      assertClose([sum(found.attribution.slice(7 * t, 7 * (t + 1)))], [found.input[t] - found.baseline![t]], ROUNDING);
    }
    assert.deepEqual(found.blocks.flat().sort(), [0, 1, 2, 3, 4, 5, 6]);
    assert.ok(found.calls <= budget && found.blocks.length >= fewest);
    fewest = found.blocks.length;
    assert.equal(found.stopped?.by, fewest < 7 ? "budget" : undefined);
    for (const block of found.blocks) {
      assert.ok(block.every((unit) => found.sequence[unit] === found.sequence[block[0]]), "equal parts of a block");
    }
  }
  assert.equal(fewest, 7);
});

Deno.test("coarseToFine() has the value of a block before and after its halves are told apart", async () => {
  const found = async (budget: number) =>
    (await coarseToFine(createScorer(randomGame(8, 3), { budget }), halvedTree(8), { seed: 1, least: 1e-9 })).sequence;
  const [coarse, fine] = [await found(4), await found(100)];
  assertClose([sum(coarse.slice(0, 4))], [sum(fine.slice(0, 4))], ROUNDING);
  assert.notDeepEqual(coarse, fine);
});

Deno.test("coarseToFine() is exact for a sum of single effects, whatever the order", async () => {
  const weights = [3, 0, -1, 0.5, 0, 2];
  const game = gameOf(6, [(kept: Coalition) => kept.reduce((score, one, i) => score + one * weights[i], 1)]);
  const found = await coarseToFine(createScorer(game), halvedTree(6), { seed: 9, least: 1e-9 });
  assertClose(found.sequence, weights, ROUNDING);
});

Deno.test("coarseToFine() over many orders has the Owen values of the tree, within its standard errors", async () => {
  const game = randomGame(7, 11);
  const exact = await exactOwen(createScorer(game), binaryTree(TREE));
  const found = await coarseToFine(createScorer(game), TREE, { seed: 4, pairs: 200, least: 1e-9 });
  const errors = found.uncertainty!.sequenceStandardError;
  found.sequence.forEach((value, i) => {
    assert.ok(Math.abs(value - exact.sequence[i]) <= 4 * errors[i], `unit ${i}: ${value} and ${exact.sequence[i]}`);
  });
});

Deno.test("coarseToFine() goes to the unit that matters in about 2 log2 N calls", async () => {
  const game = gameOf(256, [(kept: Coalition) => 5 * kept[77]]);
  const scorer = createScorer(game, { budget: 40 });
  const found = await coarseToFine(scorer, halvedTree(256), { seed: 1 });
  assert.equal(found.sequence[77], 5);
  assert.deepEqual(found.blocks.find((block) => block.includes(77)), [77]);
  assert.equal(found.calls, 2 + 2 * 8);
  assert.equal(found.stopped, null);
});

Deno.test("coarseToFine() looks where the watched targets are, not the others", async () => {
  const game = gameOf(64, [(kept: Coalition) => 9 * kept[3], (kept: Coalition) => kept[60]]);
  const found = await coarseToFine(createScorer(game, { budget: 14 }), halvedTree(64), { seed: 1, watched: [1] });
  assert.deepEqual(found.blocks.find((block) => block.includes(60)), [60]);
  assert.ok(found.blocks.find((block) => block.includes(3))!.length > 1);
});

Deno.test("coarseToFine() divides on where the mean over orders is nothing, and refuses a game without an empty prompt", async () => {
  // Each of the two alone is worth 1, both together nothing.
  const game = gameOf(4, [(kept: Coalition) => Math.abs(kept[0] - kept[3])]);
  const found = await coarseToFine(createScorer(game), halvedTree(4), { seed: 1 });
  assert.deepEqual([...found.sequence], [0, 0, 0, 0]);
  assert.equal(found.blocks.length, 4);
  await assert.rejects(
    coarseToFine(createScorer(gameOf(2, [() => 0], false)), [0, 1], { seed: 1 }),
    /must have a score with every unit taken away/,
  );
});
