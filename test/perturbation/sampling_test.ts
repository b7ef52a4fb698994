import assert from "node:assert/strict";
import { exactShapley } from "../../src/perturbation/exact_shapley.ts";
import { kernelShap } from "../../src/perturbation/kernel_shap.ts";
import { lime } from "../../src/perturbation/lime.ts";
import { exactOwen, sampleOwen } from "../../src/perturbation/owen.ts";
import { sampleShapley } from "../../src/perturbation/sampled_shapley.ts";
import { createScorer, type Scorer } from "../../src/perturbation/scorer.ts";
import { sparseSurrogate } from "../../src/perturbation/sparse_surrogate.ts";
import type { UnitAttribution } from "../../src/perturbation/unit_attribution.ts";
import type { UnitTree } from "../../src/perturbation/unit_tree.ts";
import { assertClose } from "../support/closeness.ts";
import { gameOf, randomGame, smoothGame } from "./games.ts";

const SEEDS = 200;
const UNITS = 10;
const TREE: UnitTree = [[0, 1, 2], [[3, 4], 5], 6, [7, 8, 9]];

/** Share of all units' 95 % intervals, over the seeds, that hold the exact value. */
async function coverage(
  exact: Float64Array,
  scorer: () => Scorer,
  sample: (scorer: Scorer, seed: number) => Promise<UnitAttribution>,
): Promise<number> {
  let held = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    const { sequence, uncertainty } = await sample(scorer(), seed);
    const { sequenceStandardError, halfWidth } = uncertainty!;
    sequence.forEach((value, i) => {
      if (Math.abs(value - exact[i]) <= halfWidth * sequenceStandardError[i]) held++;
    });
  }
  return held / SEEDS / UNITS;
}

const GAMES = { smooth: smoothGame(UNITS, 1), random: randomGame(UNITS, 2) };
const SAMPLERS: Record<string, (scorer: Scorer, seed: number) => Promise<UnitAttribution>> = {
  "sampleShapley() within 300 calls": (scorer, seed) => sampleShapley(scorer, { seed }),
  "sampleShapley() to a standard error": (scorer, seed) =>
    sampleShapley(scorer, { seed, pairs: 500, standardError: 0.1 }),
  "kernelShap() within 120 calls": (scorer, seed) => kernelShap(scorer, { seed, calls: 120 }),
  "kernelShap() within 300 calls": (scorer, seed) => kernelShap(scorer, { seed, calls: 300 }),
  "kernelShap() to a standard error": (scorer, seed) => kernelShap(scorer, { seed, calls: 300, standardError: 0.05 }),
};

for (const [game, played] of Object.entries(GAMES)) {
  for (const [name, sample] of Object.entries(SAMPLERS)) {
    Deno.test(`${name}: 95 % intervals hold the exact values of a ${game} game in 90 to 98 %`, async () => {
      const { sequence } = await exactShapley(createScorer(played));
      const share = await coverage(sequence, () => createScorer(played, { budget: 300 }), sample);
      assert.ok(share >= 0.9 && share <= 0.98, `${100 * share} %`);
    });
  }

  Deno.test(`sampleOwen(): 95 % intervals hold the Owen values of a ${game} game in 90 to 98 %`, async () => {
    const { sequence } = await exactOwen(createScorer(played), TREE);
    const sample = (scorer: Scorer, seed: number) => sampleOwen(scorer, { seed, pairs: 16, tree: TREE });
    const share = await coverage(sequence, () => createScorer(played), sample);
    assert.ok(share >= 0.9 && share <= 0.98, `${100 * share} %`);
  });
}

const BUDGETED: Record<string, (scorer: Scorer) => Promise<UnitAttribution>> = {
  sampleShapley: (scorer) => sampleShapley(scorer, { seed: 5 }),
  kernelShap: (scorer) => kernelShap(scorer, { seed: 5, calls: 10_000 }),
  lime: (scorer) => lime(scorer, { seed: 5 }),
  sparseSurrogate: (scorer) => sparseSurrogate(scorer, { seed: 5, samples: 800, link: "identity" }),
};

for (const [name, sample] of Object.entries(BUDGETED)) {
  Deno.test(`${name}() keeps to every budget, says so and repeats itself for a seed`, async () => {
    for (const budget of [150, 251, 300]) {
      const scorer = createScorer(randomGame(UNITS, 3), { budget });
      const result = await sample(scorer);
      assert.equal(result.calls, scorer.spent);
      // A pair of orders that does not fit leaves up to 2 (N − 1) calls, a pair of coalitions one.
      const slack = name === "sampleShapley" ? 17 : name === "kernelShap" ? 1 : 0;
      assert.ok(result.calls <= budget && result.calls >= budget - slack, `${result.calls} of ${budget}`);
      assert.equal(result.stopped!.by, "budget");
      assert.deepEqual(await sample(createScorer(randomGame(UNITS, 3), { budget })), result);
    }
  });
}

Deno.test("sampleShapley() and kernelShap() stop at a standard error and tell the one they reached", async () => {
  for (const standardError of [0.2, 0.05]) {
    const options = { seed: 1, standardError };
    for (
      const result of [
        await sampleShapley(createScorer(GAMES.random, { budget: 1e6 }), options),
        await kernelShap(createScorer(GAMES.random), { ...options, calls: 900 }),
      ]
    ) {
      const { by, asked, reached, met } = result.stopped!;
      assert.deepEqual([by, asked, met], ["standard-error", standardError, true]);
      assert.ok(reached! <= standardError && reached! > standardError / 4);
      assert.equal(reached, Math.max(...result.uncertainty!.sequenceStandardError));
    }
  }
  const short = await sampleShapley(createScorer(GAMES.random, { budget: 200 }), { seed: 1, standardError: 1e-3 });
  assert.deepEqual([short.stopped!.by, short.stopped!.met], ["budget", false]);
});

Deno.test("sampleShapley() watches every target if it is told to", async () => {
  // The two targets cancel in the sum, which is certain at once.
  const noise = randomGame(6, 4);
  const game = {
    ...noise,
    targets: 2,
    score: async (coalitions: readonly Uint8Array[]) =>
      (await noise.score(coalitions)).map(([v]) => Float64Array.of(v, -v)),
  };
  const options = { seed: 1, standardError: 0.05 };
  const sequence = await sampleShapley(createScorer(game), options);
  const targets = await sampleShapley(createScorer(game), { ...options, of: "targets" });
  assert.ok(sequence.uncertainty!.samples < targets.uncertainty!.samples);
  assert.ok(Math.max(...targets.uncertainty!.standardError) <= 0.05);
  assert.ok(Math.max(...sequence.uncertainty!.standardError) > 0.05);
});

Deno.test("sampleShapley() is exact and certain on games of pairs: antithetic orders cancel the effects of pairs", async () => {
  const game = gameOf(5, [(kept) => kept.reduce((sum, one, i) => sum + one * (i + 1), 0) ** 2]);
  const { attribution } = await exactShapley(createScorer(game));
  const sampled = await sampleShapley(createScorer(game), { seed: 1, pairs: 8 });
  assertClose(sampled.attribution, attribution, { absolute: 0, relative: 1e-12 });
  assertClose(sampled.uncertainty!.standardError, new Float64Array(5), { absolute: 1e-12, relative: 0 });
});

Deno.test("samplers refuse impossible options", async () => {
  const wide = (budget?: number) => createScorer(smoothGame(40, 1), { budget });
  await assert.rejects(sampleShapley(wide(), { seed: 1 }), /a budget, pairs or a standard error: got none/);
  await assert.rejects(
    sampleShapley(wide(100), { seed: 1 }),
    /8 pairs of orders must fit, up to 626 model calls: got a budget of 100/,
  );
  await assert.rejects(sampleShapley(wide(), { seed: 1, pairs: 7 }), /pairs must be at least 8: got 7/);
  await assert.rejects(sampleOwen(wide(), { seed: 1, pairs: 8, tree: [0, 1] }), /each of 0 … 39 must be in it once/);
  await assert.rejects(
    kernelShap(wide(20), { seed: 1 }),
    /must determine the values of 40 units and their errors: got 20 calls/,
  );
  await assert.rejects(kernelShap(wide(1), { seed: 1 }), RangeError);
  await assert.rejects(exactShapley(wide()), /units must be at most 16: got 40/);
  await assert.rejects(exactOwen(wide(), Array.from({ length: 40 }, (_, i) => i)), /contexts of units: got/);
  await assert.rejects(exactOwen(createScorer(randomGame(3, 1)), [0, [1, []], 2]), /got an empty one/);
  for (const standardError of [0, -1, NaN]) {
    await assert.rejects(sampleShapley(wide(), { seed: 1, standardError }), /must be above 0: got/);
    await assert.rejects(kernelShap(wide(), { seed: 1, standardError }), /must be above 0: got/);
  }
  for (const calls of [0, NaN, Infinity]) {
    await assert.rejects(kernelShap(wide(), { seed: 1, calls }), /calls must be a number of at least 1: got/);
  }
  await assert.rejects(sparseSurrogate(wide(), { seed: 1, heldOut: -1 }), /heldOut must not be negative: got -1/);
  await assert.rejects(sparseSurrogate(wide(), { seed: 1, penalty: NaN }), /penalty must not be negative: got NaN/);
  await assert.rejects(sparseSurrogate(wide(), { seed: 1, samples: 1 }), /samples must be at least 2: got 1/);
  const deleting = () => createScorer(gameOf(3, [() => 0], false));
  for (
    const refuse of [
      exactShapley(deleting()),
      exactOwen(deleting(), [0, 1, 2]),
      kernelShap(deleting(), { seed: 1 }),
      sampleShapley(deleting(), { seed: 1, pairs: 8 }),
    ]
  ) await assert.rejects(refuse, /must have a score with every unit taken away/);
});
