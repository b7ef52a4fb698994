import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { loadModel } from "../../../src/model/model.ts";
import { createChooser, tokenProbabilities, type TokenSampling } from "../../../src/model/generate/sampler.ts";
import { assertClose } from "../../support/closeness.ts";

const { cases }: {
  readonly cases: readonly {
    readonly options: TokenSampling;
    readonly seen: readonly number[];
    readonly logits: readonly number[];
    readonly probabilities: readonly number[];
  }[];
} = JSON.parse(Deno.readTextFileSync(new URL("../../golden/generation/expected.json", import.meta.url)));

/** The file has nine digits of f32 numbers, which determine them. */
const exactly = (values: readonly number[]) => Float64Array.from(values, Math.fround);

Deno.test("tokenProbabilities() gives what transformers' logits processors leave", () => {
  assert.ok(cases.length >= 100);
  for (const { options, seen, logits, probabilities } of cases) {
    const actual = tokenProbabilities(exactly(logits), new Set(seen), options);
    assertClose(actual, probabilities, { absolute: 1e-12, relative: 1e-12 });
  }
});

const LOGITS = Float64Array.of(Math.log(4), Math.log(3), Math.log(2), Math.log(1));
const NOTHING: ReadonlySet<number> = new Set();

for (
  const [what, options, expected] of [
    ["temperature 1", { temperature: 1 }, [0.4, 0.3, 0.2, 0.1]],
    ["temperature ½ squares the odds", { temperature: 0.5 }, [16 / 30, 9 / 30, 4 / 30, 1 / 30]],
    ["top-k of 2", { topK: 2 }, [4 / 7, 3 / 7, 0, 0]],
    ["top-k beyond the vocabulary", { topK: 9 }, [0.4, 0.3, 0.2, 0.1]],
    ["top-p of 0.65", { topP: 0.65 }, [4 / 7, 3 / 7, 0, 0]],
    ["top-p below the likeliest token", { topP: 0.01 }, [1, 0, 0, 0]],
    ["top-p after top-k", { topK: 3, topP: 0.7 }, [4 / 7, 3 / 7, 0, 0]],
  ] as [string, TokenSampling, number[]][]
) {
  Deno.test(`tokenProbabilities() has its closed form: ${what}`, () => {
    assertClose(tokenProbabilities(LOGITS, NOTHING, options), expected, { absolute: 1e-12, relative: 0 });
  });
}

Deno.test("tokenProbabilities() keeps all tokens that tie with the last that is kept", () => {
  const logits = Float64Array.of(1, 0, 0, -1);
  assert.equal(tokenProbabilities(logits, NOTHING, { topK: 2 })[2] > 0, true);
  const [, second, third, last] = tokenProbabilities(logits, NOTHING, { topP: 0.6 });
  assert.ok(second > 0 && second === third && last === 0);
});

Deno.test("draws have the probabilities of tokenProbabilities() (χ² over 20,000 draws)", () => {
  for (const options of [{ temperature: 0.7, seed: 3 }, { topK: 5, seed: 4 }, { topP: 0.8, temperature: 2, seed: 5 }]) {
    const logits = exactly(cases[0].logits);
    const expected = tokenProbabilities(logits, NOTHING, options);
    const choose = createChooser(options)!;
    const counts = new Float64Array(logits.length);
    const draws = 20_000;
    for (let i = 0; i < draws; i++) counts[choose(logits, NOTHING)]++;
    let statistic = 0;
    let cells = 0;
    // Rare tokens are counted together, as χ² needs some of each.
    let [rareCount, rareExpected] = [0, 0];
    expected.forEach((p, id) => {
      if (p === 0) assert.equal(counts[id], 0);
      if (p * draws < 10) {
        rareCount += counts[id];
        rareExpected += p * draws;
        return;
      }
      statistic += (counts[id] - p * draws) ** 2 / (p * draws);
      cells++;
    });
    if (rareExpected > 0) statistic += (rareCount - rareExpected) ** 2 / rareExpected;
    // Five standard deviations of χ²; the seeds are fixed, so this holds always or never.
    const freedom = cells - (rareExpected > 0 ? 0 : 1);
    assert.ok(freedom >= 3 && statistic < freedom + 5 * Math.sqrt(2 * freedom), `${statistic} of ${freedom}`);
  }
});

Deno.test("createChooser() draws the same tokens for the same seed, others for another", () => {
  const drawn = (seed: number) => {
    const choose = createChooser({ temperature: 1, seed })!;
    return Array.from({ length: 50 }, () => choose(LOGITS, NOTHING));
  };
  assert.deepEqual(drawn(7), drawn(7));
  assert.notDeepEqual(drawn(7), drawn(8));
});

Deno.test("first draws of neighbouring seeds are spread over the quantiles", () => {
  const logits = new Float64Array(100);
  const first = Array.from({ length: 1000 }, (_, seed) => createChooser({ temperature: 1, seed })!(logits, NOTHING));
  const tenths = new Float64Array(10);
  for (const token of first) tenths[Math.floor(token / 10)]++;
  // 100 each, with a deviation below 10.
  assert.ok(tenths.every((count) => Math.abs(count - 100) < 40), `${tenths}`);
  const neighbours = first.slice(1).filter((token, i) => Math.abs(token - first[i]) < 10).length;
  assert.ok(neighbours < 300, `${neighbours} of 999 within a tenth`);
});

Deno.test("createChooser() leaves the greedy choice to the GPU, but for a repetition penalty", () => {
  assert.equal(createChooser({}), null);
  assert.equal(createChooser({ repetitionPenalty: 1 }), null);
  const choose = createChooser({ repetitionPenalty: 2 })!;
  assert.equal(choose(LOGITS, NOTHING), 0);
  // log 4 / 2 is less than log 3; a negative logit falls by the same option.
  assert.equal(choose(LOGITS, new Set([0])), 1);
  assert.equal(choose(Float64Array.of(-1, -1.5), new Set([0])), 1);
});

for (
  const [options, message] of [
    [{ temperature: 0 }, "Cannot generate as temperature must be a number above 0: got 0"],
    [{ temperature: NaN }, "Cannot generate as temperature must be a number above 0: got NaN"],
    [{ topK: 0 }, "Cannot generate as topK must be a whole number ≥ 1: got 0"],
    [{ topP: 1.5 }, "Cannot generate as topP must be above 0 and at most 1: got 1.5"],
    [{ repetitionPenalty: -1 }, "Cannot generate as repetitionPenalty must be above 0: got -1"],
    [{ seed: 3 }, "Cannot generate as seed must be left out where no token is drawn: got 3"],
    [
      { temperature: 1, seed: 0.5 },
      "Cannot generate as seed must be a whole number of 32 bits: got 0.5",
    ],
  ] as [TokenSampling, string][]
) {
  Deno.test(`createChooser() rejects ${JSON.stringify(options)}`, () => {
    assert.throws(() => createChooser(options), { name: "RangeError", message });
  });
}

Deno.test("no token is chosen from logits that are not finite", () => {
  for (const options of [{ temperature: 1 }, { repetitionPenalty: 2 }]) {
    assert.throws(() => createChooser(options)!(Float64Array.of(0, NaN), NOTHING), {
      name: "RangeError",
      message: "Cannot choose a token as its logits must be finite: got NaN",
    });
  }
});

Deno.test("tokens are drawn from the logits that the model gives, soft-cap included", async () => {
  const directory = fileURLToPath(new URL("../../golden/architectures/gemma2", import.meta.url));
  const { prompt } = JSON.parse(Deno.readTextFileSync(`${directory}/expected.json`));
  const model = await loadModel(directory, { device: "reference" });
  const logits = Float64Array.from(await model.logits(await model.embed(prompt), [0]));
  assert.ok(logits.every((logit) => Math.abs(logit) < model.config.logitSoftCap!));
  const drawn: number[] = [];
  for (let seed = 0; seed < 20; seed++) {
    const options = { temperature: 20, repetitionPenalty: 1.5, seed };
    const [token] = await model.generate(prompt, 1, options);
    assert.equal(token, createChooser(options)!(logits, new Set(prompt)));
    drawn.push(token);
  }
  assert.ok(new Set(drawn).size > 5);
  model.close();
});
