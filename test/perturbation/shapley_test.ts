import assert from "node:assert/strict";
import type { Coalition } from "../../src/perturbation/coalition.ts";
import { exactShapley, shapleyWeights } from "../../src/perturbation/exact_shapley.ts";
import { kernelShap } from "../../src/perturbation/kernel_shap.ts";
import { exactOwen, owenContexts } from "../../src/perturbation/owen.ts";
import { sampleShapley } from "../../src/perturbation/sampled_shapley.ts";
import { createScorer, type Game, type Scorer } from "../../src/perturbation/scorer.ts";
import type { UnitAttribution } from "../../src/perturbation/unit_attribution.ts";
import { binaryTree } from "../../src/perturbation/unit_tree.ts";
import { createRandom } from "../../src/statistics/random.ts";
import { assertClose } from "../support/closeness.ts";
import { bitsOf, gameOf, randomGame } from "./games.ts";

const ROUNDING = { absolute: 1e-12, relative: 1e-12 };
const flat = (units: number) => Array.from({ length: units }, (_, i) => i);

/** Every way to Shapley values that is exact when it may score all coalitions. */
const EXACT: Record<string, (scorer: Scorer) => Promise<UnitAttribution>> = {
  exactShapley,
  "exactOwen of a flat tree": (scorer) => exactOwen(scorer, flat(scorer.units)),
  kernelShap: (scorer) => kernelShap(scorer, { seed: 1, calls: 2 ** scorer.units }),
};

/** Every method that distributes v(all) − v(none). */
const COMPLETE: typeof EXACT = {
  ...EXACT,
  "exactOwen of a binary tree": (scorer) => exactOwen(scorer, binaryTree(flat(scorer.units))),
  sampleShapley: (scorer) => sampleShapley(scorer, { seed: 3, pairs: 8 }),
  "kernelShap of a sample": (scorer) => kernelShap(scorer, { seed: 3, calls: 2 ** scorer.units - 4 }),
};

const closedForms: { name: string; units: number; value: (kept: Coalition) => number; expected: number[] }[] = [
  { name: "linear", units: 4, value: ([a, b, c, d]) => 5 + 3 * a - 2 * b + 0.5 * d + 0 * c, expected: [3, -2, 0, 0.5] },
  { name: "bilinear", units: 2, value: ([a, b]) => 2 * a * 3 * b, expected: [3, 3] },
  {
    name: "quadratic",
    units: 3,
    value: ([a, b, c]) => (2 * a + 3 * b - c) ** 2,
    // w_i² + Σ_j w_i w_j
    expected: [4 + 6 - 2, 9 + 6 - 3, 1 - 2 - 3],
  },
  {
    name: "max",
    units: 4,
    // The airport game of Littlechild and Owen: each stretch is shared by those who need it.
    value: (kept) => Math.max(0, ...[1, 2, 4, 8].filter((_, i) => kept[i])),
    expected: [1 / 4, 1 / 4 + 1 / 3, 1 / 4 + 1 / 3 + 2 / 2, 1 / 4 + 1 / 3 + 2 / 2 + 4],
  },
  {
    name: "unanimity",
    units: 5,
    value: (kept) => kept[1] && kept[2] && kept[4] ? 6 : 0,
    expected: [0, 2, 2, 0, 2],
  },
  { name: "one unit", units: 1, value: ([a]) => 7 * a + 1, expected: [7] },
];

for (const [method, attribute] of Object.entries(EXACT)) {
  for (const { name, units, value, expected } of closedForms) {
    Deno.test(`${method} gives the Shapley values of the closed form ${name}`, async () => {
      const result = await attribute(createScorer(gameOf(units, [value])));
      assertClose(result.attribution, expected, ROUNDING);
      assertClose(result.sequence, expected, ROUNDING);
      assert.deepEqual([result.input[0], result.baseline![0]], [
        value(new Uint8Array(units).fill(1)),
        value(new Uint8Array(units)),
      ]);
    });
  }
}

Deno.test("shapleyWeights() sum to one over the coalitions of the others", () => {
  for (const players of [1, 2, 7, 16]) {
    let count = 1;
    let total = 0;
    shapleyWeights(players).forEach((weight, size) => {
      total += weight * count;
      count = count * (players - 1 - size) / (size + 1);
    });
    assertClose([total], [1], ROUNDING);
  }
});

for (const [method, attribute] of Object.entries(COMPLETE)) {
  Deno.test(`${method} is efficient for each target of 100 random games`, async () => {
    for (let seed = 0; seed < 100; seed++) {
      const units = 4 + seed % 4;
      const { attribution, sequence, input, baseline } = await attribute(createScorer(randomGame(units, seed, 2)));
      const sums = [0, 1].map((t) => attribution.slice(t * units, (t + 1) * units).reduce((a, b) => a + b, 0));
      assertClose(sums, input.map((value, t) => value - baseline![t]), ROUNDING);
      assertClose(sequence, attribution.slice(0, units).map((value, i) => value + attribution[units + i]), ROUNDING);
    }
  });

  Deno.test(`${method} gives nothing to a dummy in 100 random games`, async () => {
    for (let seed = 0; seed < 100; seed++) {
      const inner = randomGame(5, seed);
      const dummy = seed % 6;
      const game: Game = {
        ...inner,
        units: 6,
        score: (coalitions) => inner.score(coalitions.map((kept) => kept.filter((_, i) => i !== dummy))),
      };
      const { attribution, uncertainty } = await attribute(createScorer(game));
      // A sampled regression does not see that a unit is a dummy, it only estimates 0.
      if (method === "kernelShap of a sample") {
        assert.ok(Math.abs(attribution[dummy]) <= 6 * uncertainty!.standardError[dummy] + 1e-12);
      } else assertClose([attribution[dummy]], [0], ROUNDING);
    }
  });
}

for (const [method, attribute] of Object.entries(EXACT)) {
  Deno.test(`${method} treats symmetric units alike in 100 random games`, async () => {
    for (let seed = 0; seed < 100; seed++) {
      const table = Array.from({ length: 64 }, createRandom(seed).normal);
      // Symmetric in units 1 and 4: the value depends on how many of them are kept.
      const game = gameOf(6, [(kept) => {
        const sorted = kept.slice();
        [sorted[1], sorted[4]] = [Math.min(kept[1], kept[4]), Math.max(kept[1], kept[4])];
        return table[bitsOf(sorted)];
      }]);
      const { attribution } = await attribute(createScorer(game));
      assertClose([attribution[1]], [attribution[4]], ROUNDING);
    }
  });

  Deno.test(`${method} is linear in 100 random games`, async () => {
    for (let seed = 0; seed < 100; seed++) {
      const game = randomGame(5, seed, 2);
      const mixed: Game = {
        ...game,
        targets: 1,
        score: async (coalitions) => (await game.score(coalitions)).map(([a, b]) => Float64Array.of(2 * a - 3 * b)),
      };
      const { attribution } = await attribute(createScorer(game));
      const expected = flat(5).map((i) => 2 * attribution[i] - 3 * attribution[5 + i]);
      assertClose((await attribute(createScorer(mixed))).attribution, expected, ROUNDING);
    }
  });
}

Deno.test("exactOwen() gives a group its worth as one unit, in 50 random games", async () => {
  const groups = [[0, 3], [1], [2, 4, 5]];
  for (let seed = 0; seed < 50; seed++) {
    const game = randomGame(6, seed);
    const quotient: Game = {
      ...game,
      units: 3,
      score: (coalitions) =>
        game.score(coalitions.map((kept) => {
          const wide = new Uint8Array(6);
          groups.forEach((units, g) => units.forEach((unit) => wide[unit] = kept[g]));
          return wide;
        })),
    };
    const owen = (await exactOwen(createScorer(game), [[0, 3], 1, [2, 4, 5]])).attribution;
    const sums = groups.map((units) => units.reduce((sum, unit) => sum + owen[unit], 0));
    assertClose(sums, (await exactShapley(createScorer(quotient))).attribution, ROUNDING);
  }
});

Deno.test("exactOwen() equals the mean over all orders that keep groups together", async () => {
  const game = randomGame(4, 9);
  const orders = [[0, 1, 2, 3], [1, 0, 2, 3], [0, 1, 3, 2], [1, 0, 3, 2]].flatMap((order) => [
    order,
    [...order.slice(2), ...order.slice(0, 2)],
  ]);
  const scorer = createScorer(game);
  const expected = new Float64Array(4);
  for (const order of orders) {
    const kept = new Uint8Array(4);
    for (const unit of order) {
      const [[before]] = await scorer.score([kept.slice()]);
      kept[unit] = 1;
      const [[after]] = await scorer.score([kept.slice()]);
      expected[unit] += (after - before) / orders.length;
    }
  }
  assertClose((await exactOwen(createScorer(game), [[0, 1], [2, 3]])).attribution, expected, ROUNDING);
});

Deno.test("owenContexts() is n² for a balanced binary tree and bounds the model calls", async () => {
  assert.equal(owenContexts(binaryTree(flat(16))), 256);
  assert.equal(owenContexts(flat(5)), 5 * 16);
  const scorer = createScorer(randomGame(8, 1));
  await exactOwen(scorer, binaryTree(flat(8)));
  assert.equal(scorer.asked, 2 + 2 * 64);
  assert.ok(scorer.spent <= 64, `${scorer.spent} calls`);
});
