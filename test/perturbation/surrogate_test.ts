import assert from "node:assert/strict";
import { fitLasso } from "../../src/perturbation/fit/lasso.ts";
import { lime } from "../../src/perturbation/lime.ts";
import { logitOfLogProbability } from "../../src/perturbation/link.ts";
import { occlude } from "../../src/perturbation/occlusion.ts";
import { createScorer } from "../../src/perturbation/scorer.ts";
import { sparseSurrogate } from "../../src/perturbation/sparse_surrogate.ts";
import { fitRidge } from "../../src/perturbation/fit/weighted_ridge.ts";
import { createRandom } from "../../src/statistics/random.ts";
import { assertClose } from "../support/closeness.ts";
import { gameOf, randomGame } from "./games.ts";

/** Twelve units of which two matter, for two targets. */
const SPARSE = gameOf(12, [(kept) => 4 * kept[3], (kept) => -2 * kept[7] - 1]);

Deno.test("occlude() leaves one out, or averages the windows that hold a unit", async () => {
  const game = gameOf(4, [([a, b, c, d]) => 1 * a + 10 * b + 100 * c * d]);
  assertClose((await occlude(createScorer(game))).attribution, [1, 10, 100, 100], { absolute: 1e-12, relative: 0 });
  const scorer = createScorer(game);
  // Windows {0, 1}, {1, 2}, {2, 3} change the score by 11, 110, 100.
  const { attribution, input, baseline, calls } = await occlude(scorer, { window: 2 });
  assertClose(attribution, [11, (11 + 110) / 2, (110 + 100) / 2, 100], { absolute: 1e-12, relative: 0 });
  assert.deepEqual([input[0], baseline![0], calls], [111, 0, 5]);
});

Deno.test("occlude() has no baseline where nothing cannot be scored, and refuses wrong windows", async () => {
  const scorer = createScorer(gameOf(3, [([a]) => a], false));
  const { baseline, calls } = await occlude(scorer);
  assert.deepEqual([baseline, calls], [null, 4]);
  await assert.rejects(occlude(scorer, { window: 4 }), /window must be 1 … 3 units: got 4/);
  await assert.rejects(
    occlude(scorer, { window: 2, stride: 3 }),
    /stride must be 1 … 2, no wider than the window: got 3/,
  );
});

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

Deno.test("lime() does without the empty prompt where it cannot be scored", async () => {
  const game = gameOf(3, [(kept) => {
    assert.ok(kept.some(Boolean));
    return kept[0];
  }], false);
  assert.equal((await lime(createScorer(game), { seed: 1, samples: 50 })).baseline, null);
  await assert.rejects(lime(createScorer(game), { seed: 1, kernelWidth: 0 }), /kernelWidth must be above 0: got 0/);
});

Deno.test("fitRidge() without penalty solves ordinary least squares", () => {
  const random = createRandom(3);
  const rows = Array.from({ length: 30 }, () => Array.from({ length: 3 }, random.normal));
  const values = rows.map(([a, b, c]) => [1 + 2 * a - b + 0.5 * c]);
  const weights = rows.map(() => 0.1 + random.uniform());
  const fit = fitRidge({ units: 3, columns: 1, rows, values, weights, penalty: 0 })!;
  assertClose([...fit.coefficients, ...fit.intercept], [2, -1, 0.5, 1], { absolute: 1e-12, relative: 0 });
  assertClose([fit.parameters], [4], { absolute: 1e-9, relative: 0 });
  assert.equal(
    fitRidge({ units: 2, columns: 1, rows: [[1, 1], [2, 2]], values: [[1], [2]], weights: [1, 1], penalty: 0 }),
    null,
  );
});

Deno.test("fitLasso() satisfies the conditions of its minimum on 50 random problems", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = createRandom(seed);
    const [n, N, penalty] = [20, 5 + seed % 30, 0.01 + 0.3 * random.uniform()];
    const rows = Array.from({ length: n }, () => Array.from({ length: N }, () => random.integer(2)));
    const y = rows.map((row) => 2 * row[0] - row[1] + random.normal());
    const { coefficients, intercept } = fitLasso(rows, y, penalty);
    const residual = rows.map((row, p) => y[p] - intercept - row.reduce((sum, x, i) => sum + x * coefficients[i], 0));
    for (let i = 0; i < N; i++) {
      const mean = rows.reduce((sum, row) => sum + row[i], 0) / n;
      const scale = Math.sqrt(rows.reduce((sum, row) => sum + (row[i] - mean) ** 2, 0) / n);
      const slope = rows.reduce((sum, row, p) => sum + (row[i] - mean) * residual[p], 0) / n / (scale || 1);
      // The subgradient of α|w|: its sign where w ≠ 0, anything between −α and α where w = 0.
      if (coefficients[i] !== 0) {
        assertClose([slope], [penalty * Math.sign(coefficients[i])], { absolute: 1e-9, relative: 0 });
      } else assert.ok(Math.abs(slope) <= penalty + 1e-9);
    }
  }
});

Deno.test("sparseSurrogate() finds the units that matter and predicts what it has not seen", async () => {
  const { attribution, heldOut, r2, samples, calls } = await sparseSurrogate(createScorer(SPARSE), {
    seed: 2,
    link: "identity",
    penalty: 0.001,
  });
  attribution.forEach((value, k) => {
    if (k === 3) assert.ok(Math.abs(value - 4) < 0.05);
    else if (k === 12 + 7) assert.ok(Math.abs(value + 2) < 0.05);
    else assert.equal(value, 0);
  });
  assert.ok(r2.every((value) => value > 0.999) && heldOut!.r2.every((value) => value > 0.99));
  assert.ok(heldOut!.lds.every((value) => value > 0.9));
  assert.deepEqual([samples, heldOut!.samples <= 32, calls <= 64 + 32 + 2], [64, true, true]);
});

Deno.test("sparseSurrogate() says that it predicts nothing of a game that is noise", async () => {
  const { heldOut, r2 } = await sparseSurrogate(createScorer(randomGame(16, 8)), {
    seed: 2,
    link: "identity",
    heldOut: 200,
  });
  assert.ok(r2[0] > heldOut!.r2[0] && heldOut!.r2[0] < 0.2);
  assert.ok(heldOut!.ldsInterval[0]![1] < 0.5);
});

Deno.test("sparseSurrogate() fits logits of the whole target's probability", async () => {
  // Two tokens whose logarithms add up to log σ(z), z = −1 + 3 k₀ − 2 k₁.
  const logit = (kept: Uint8Array) => -1 + 3 * kept[0] - 2 * kept[1];
  const half = (kept: Uint8Array) => -Math.log1p(Math.exp(-logit(kept))) / 2;
  const { sequence, intercept } = await sparseSurrogate(createScorer(gameOf(4, [half, half])), {
    seed: 1,
    penalty: 1e-6,
  });
  assertClose(sequence, [3, -2, 0, 0], { absolute: 1e-4, relative: 0 });
  assertClose([intercept[2]], [-1], { absolute: 1e-4, relative: 0 });
});

Deno.test("logitOfLogProbability() keeps its digits at both ends and refuses what is no probability", () => {
  for (const z of [-700, -40, -1, 0, 1, 20]) {
    const logProbability = z > 0 ? -Math.log1p(Math.exp(-z)) : z - Math.log1p(Math.exp(z));
    assertClose([logitOfLogProbability(logProbability)], [z], { absolute: 1e-12, relative: 1e-12 });
  }
  for (const score of [0, 1, NaN]) assert.throws(() => logitOfLogProbability(score), RangeError);
});
