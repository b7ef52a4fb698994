import assert from "node:assert/strict";
import { averageDraws } from "../../src/perturbation/averaged_attribution.ts";
import { everyUnit } from "../../src/perturbation/coalition.ts";
import { exactShapley } from "../../src/perturbation/exact_shapley.ts";
import { lime } from "../../src/perturbation/lime.ts";
import { occlude } from "../../src/perturbation/occlusion.ts";
import { promptGame, type PromptProblem } from "../../src/perturbation/prompt_game.ts";
import { createScorer, type Scorer } from "../../src/perturbation/scorer.ts";
import { sparseSurrogate } from "../../src/perturbation/sparse_surrogate.ts";
import type { SurrogateAttribution } from "../../src/perturbation/surrogate.ts";
import type { UnitAttribution } from "../../src/perturbation/unit_attribution.ts";
import { createRandom } from "../../src/statistics/random.ts";
import { assertClose } from "../support/closeness.ts";

// A vocabulary of four numbers, and a prompt of four of them.
const VOCABULARY = [-1, 0.5, 2, 1];
const PROMPT = Float32Array.of(1, 2, -1, 0.5);
const UNITS = PROMPT.length;

/** Two targets: a product of neighbours, and one that saturates. */
const problem: PromptProblem = {
  prompt: PROMPT,
  hiddenSize: 1,
  groups: [...PROMPT.keys()].map((i) => [i]),
  targets: 2,
  score: (prompts) =>
    Promise.resolve(
      prompts.map(({ embeddings: [a, b, c, d] }) => Float64Array.of(a * b + c, Math.tanh(a + 2 * b - c * d))),
    ),
};

const gameOf = (tokens: readonly number[]) =>
  promptGame(problem, { kind: "rows", rows: Float32Array.from(tokens, (token) => VOCABULARY[token]) });

/** Attributions of games in which drawn tokens take the units' place. */
function draws(seed: number, by: (scorer: Scorer, seed: number) => Promise<UnitAttribution>) {
  const random = createRandom(seed);
  return () => {
    const tokens = Array.from(PROMPT, () => random.integer(VOCABULARY.length));
    return by(createScorer(gameOf(tokens)), random.integer(2 ** 32));
  };
}

/** Limit of the mean: over all prompts of replacing tokens. */
async function expected(by: (scorer: Scorer) => Promise<UnitAttribution>): Promise<Float64Array> {
  const count = VOCABULARY.length ** UNITS;
  const mean = new Float64Array(UNITS);
  for (let index = 0; index < count; index++) {
    const tokens = Array.from(PROMPT, (_, i) => Math.floor(index / VOCABULARY.length ** i) % VOCABULARY.length);
    (await by(createScorer(gameOf(tokens)))).sequence.forEach((value, i) => mean[i] += value / count);
  }
  return mean;
}

Deno.test("averageDraws() gives means, standard errors s / √n and the sum of calls", async () => {
  const given = [[1, 5], [2, 9], [6, 1]].map(([a, b]) => ({
    attribution: Float64Array.of(a, b, 0, 2 * b),
    sequence: Float64Array.of(a, 3 * b),
    input: Float64Array.of(7, 8),
    baseline: Float64Array.of(a, b),
    uncertainty: null,
    stopped: null,
    calls: 4,
  }));
  let next = 0;
  const found = await averageDraws(() => Promise.resolve(given[next++]), { draws: 3 });
  assertClose(found.attribution, [3, 5, 0, 10], { absolute: 1e-12, relative: 0 });
  assertClose(found.sequence, [3, 15], { absolute: 1e-12, relative: 0 });
  assertClose(found.baseline!, [3, 5], { absolute: 1e-12, relative: 0 });
  const [a, b] = [Math.sqrt(7 / 3), Math.sqrt(16 / 3)];
  assertClose(found.uncertainty!.standardError, [a, b, 0, 2 * b], { absolute: 1e-12, relative: 0 });
  assertClose(found.uncertainty!.sequenceStandardError, [a, 3 * b], { absolute: 1e-12, relative: 0 });
  assert.deepEqual([found.calls, found.uncertainty!.samples, found.uncertainty!.degreesOfFreedom], [12, 3, 2]);
  assert.deepEqual([found.stopped!.by, found.stopped!.met], ["samples", null]);
  assert.equal("intercept" in found, false);
});

const leaveOneOut = (scorer: Scorer) => occlude(scorer);

for (const [name, by] of Object.entries({ leaveOneOut, exactShapley })) {
  Deno.test(`averageDraws() of ${name}: 95 % intervals hold the mean over all replacements in 90 to 98 % of 200 seeds`, async () => {
    const exact = await expected(by);
    let held = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { sequence, uncertainty } = await averageDraws(draws(seed, by), { draws: 24 });
      const { sequenceStandardError, halfWidth } = uncertainty!;
      sequence.forEach((value, i) => {
        if (Math.abs(value - exact[i]) <= halfWidth * sequenceStandardError[i]) held++;
      });
    }
    const share = held / 200 / UNITS;
    assert.ok(share >= 0.9 && share <= 0.98, `${100 * share} %`);
  });
}

Deno.test("averageDraws() of complete attributions is complete", async () => {
  const { sequence, input, baseline } = await averageDraws(draws(3, exactShapley), { draws: 5 });
  const gap = input.reduce((sum, value, t) => sum + value - baseline![t], 0);
  assertClose([sequence.reduce((sum, value) => sum + value, 0)], [gap], { absolute: 1e-12, relative: 0 });
});

Deno.test("averageDraws() stops at a standard error, of the sequence or of every target, and tells if it was met", async () => {
  for (const scope of ["sequence", "targets"] as const) {
    const found = await averageDraws(draws(1, leaveOneOut), { draws: 1000, standardError: 0.2, of: scope });
    const { stopped, uncertainty } = found;
    const errors = scope === "targets" ? uncertainty!.standardError : uncertainty!.sequenceStandardError;
    assert.deepEqual([stopped!.by, stopped!.met, stopped!.reached], ["standard-error", true, Math.max(...errors)]);
    assert.ok(stopped!.reached! <= 0.2 && uncertainty!.samples % 8 === 0 && uncertainty!.samples < 1000);
  }
  const { stopped, uncertainty } = await averageDraws(draws(1, leaveOneOut), { draws: 17, standardError: 1e-3 });
  assert.deepEqual([stopped!.by, stopped!.met, uncertainty!.samples], ["samples", false, 17]);
});

Deno.test("averageDraws() averages a surrogate's fits, with the interval of its mean LDS", async () => {
  const by = (scorer: Scorer, seed: number) =>
    sparseSurrogate(scorer, { seed, samples: 5, heldOut: 14, link: "identity" });
  const singles: SurrogateAttribution[] = [];
  const draw = draws(5, by);
  for (let k = 0; k < 6; k++) singles.push(await draw() as SurrogateAttribution);
  const found = await averageDraws(draws(5, by), { draws: 6 }) as SurrogateAttribution;
  const mean = (of: (one: SurrogateAttribution) => number) => singles.reduce((sum, one) => sum + of(one) / 6, 0);
  assertClose([found.r2[2], found.intercept[1]], [mean(({ r2 }) => r2[2]), mean(({ intercept }) => intercept[1])], {
    absolute: 1e-12,
    relative: 0,
  });
  const { lds, ldsInterval, samples } = found.heldOut!;
  assertClose([lds[2]], [mean(({ heldOut }) => heldOut!.lds[2])], { absolute: 1e-12, relative: 0 });
  const [low, high] = ldsInterval[2]!;
  assert.ok(-1 <= low && low < lds[2] && lds[2] < high && high <= 1);
  assert.equal(samples, singles.reduce((sum, { heldOut }) => sum + heldOut!.samples, 0));
  assert.equal(found.uncertainty!.samples, 6);
  const ridge = await averageDraws(draws(5, (scorer, seed) => lime(scorer, { seed, samples: 20 })), { draws: 3 });
  assert.equal((ridge as SurrogateAttribution).heldOut, null);
  assert.equal((ridge as SurrogateAttribution).samples, 60);
});

Deno.test("averageDraws() refuses fewer than two draws and errors that no draws reach", async () => {
  for (const count of [1, 0, NaN, 2.5]) {
    await assert.rejects(averageDraws(draws(1, leaveOneOut), { draws: count }), /must be a whole number ≥ 2: got/);
  }
  await assert.rejects(averageDraws(draws(1, leaveOneOut), { draws: 4, standardError: 0 }), /must be above 0: got 0/);
  const [whole] = await createScorer(gameOf([0, 0, 0, 0])).score([everyUnit(UNITS)]);
  assertClose(whole.subarray(0, 2), [1 * 2 - 1, Math.tanh(1 + 4 + 0.5)], { absolute: 1e-12, relative: 0 });
});
