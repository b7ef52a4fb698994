import assert from "node:assert/strict";
import { integrateAdaptively } from "../../../src/attribution/adaptive.ts";
import { integrateFixed } from "../../../src/attribution/integrated_gradients.ts";
import { composePath, type Composition } from "../../../src/attribution/objectives/composition.ts";
import { contrast } from "../../../src/attribution/objectives/contrastive.ts";
import { crossEntropy } from "../../../src/attribution/objectives/cross_entropy.ts";
import { perplexity } from "../../../src/attribution/objectives/perplexity.ts";
import { sequenceProb } from "../../../src/attribution/objectives/sequence_prob.ts";
import type { PathFunction } from "../../../src/attribution/path_function.ts";
import { assertClose } from "../../support/closeness.ts";
import { randomValues } from "../../support/random.ts";
import { pathOf } from "../closed_form.ts";

const START = [0, 0.25, -0.5];

const END = [1, -0.75, 0.5];

const EXACT = { absolute: 1e-9, relative: 0 };

/** T linear functions c_t · x − 2 of three coordinates. */
function linearPath(targets: number, seed: number): PathFunction & { readonly coefficients: number[][] } {
  const values = randomValues(3 * targets, seed);
  const coefficients = Array.from({ length: targets }, (_, t) => [...values.subarray(3 * t, 3 * t + 3)]);
  const path = pathOf({
    start: START,
    end: END,
    value: coefficients.map((c) => (x) => c.reduce((sum, factor, i) => sum + factor * x[i], -2)),
    slope: coefficients.map((c) => () => c),
  });
  return { ...path, coefficients };
}

const COMPOSITIONS: [what: string, parts: number[], composition: Composition][] = [
  ["cross-entropy", [4], crossEntropy(4)],
  ["perplexity", [4], perplexity()],
  ["a contrast of equal lengths", [3, 3], contrast([3, 3])],
  ["a contrast of other lengths", [2, 5], contrast([2, 5])],
];

function total(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0);
}

for (const [what, lengths, composition] of COMPOSITIONS) {
  const parts = lengths.map((targets, p) => linearPath(targets, 7 + p));
  const path = composePath(parts, composition);

  Deno.test(`composePath() of ${what} has derivatives that equal central differences`, async () => {
    const step = 1e-5;
    const at = 0.375;
    const [behind, here, ahead] =
      (await path.evaluate([at - step, at, at + step], { tangent: true, gradient: "token" }))
        .score;
    const { tangent: [tangent], gradient: [gradient] } = await path.evaluate([at], {
      tangent: true,
      gradient: "token",
    });
    assert.equal(here.length, composition.targets);
    assertClose(tangent, ahead.map((value, t) => (value - behind[t]) / (2 * step)), { absolute: 1e-7, relative: 1e-7 });
    const rows = tangent.map((_, t) => total(gradient.subarray(3 * t, 3 * t + 3)));
    assertClose(rows, tangent, EXACT, "Σ_i of each row");
    const { gradient: [sequence] } = await path.evaluate([at], { tangent: false, gradient: "sequence" });
    const columns = sequence.map((_, i) => total(gradient.filter((_, k) => k % 3 === i)));
    assertClose(columns, sequence, EXACT, "Σ_t of each column");
  });

  Deno.test(`${what} is complete, and certified as such`, async () => {
    const [start, end] = (await path.evaluate([0, 1], { tangent: false, gradient: "none" })).score;
    const { attribution, certified } = await integrateAdaptively(path, {
      tolerance: 1e-6,
      budget: 400,
      gradient: "token",
    });
    assert.ok(certified!.met);
    const rows = Array.from(end, (_, t) => total(attribution.subarray(3 * t, 3 * t + 3)));
    assertClose(rows, end.map((value, t) => value - start[t]), { absolute: 0, relative: 1e-6 });
  });
}

Deno.test("perplexity of linear log-probabilities shares its change as their mean does", async () => {
  const part = linearPath(4, 21);
  const { attribution, input, baseline } = await integrateFixed(
    composePath([part], perplexity()),
    "gauss-legendre",
    24,
    "sequence",
  );
  // exp of a linear function: the gradient points one way along the whole path.
  const mean = START.map((x, i) => -total(part.coefficients.map((c) => c[i])) / 4 * (END[i] - x));
  const expected = mean.map((share) => share / total(mean) * (input[0] - baseline[0]));
  assertClose(attribution, expected, EXACT);
});

Deno.test("a contrast of whole sequences is the sum of a contrast token by token", async () => {
  const [target, alternative] = [linearPath(3, 31), linearPath(3, 32)];
  const aligned = await integrateFixed(composePath([target, alternative], contrast([3, 3])), "trapezoid", 3, "token");
  const whole: Composition = {
    ...contrast([3, 4]),
    factors: () => [1, -1],
  };
  const sequence = await integrateFixed(composePath([target, alternative], whole), "trapezoid", 3, "sequence");
  assert.equal(sequence.input.length, 1);
  assertClose(sequence.input, [total(aligned.input)], EXACT);
  const columns = [0, 1, 2].map((i) => total(aligned.attribution.filter((_, k) => k % 3 === i)));
  assertClose(sequence.attribution, columns, EXACT);
});

Deno.test("composePath() asks for one reverse pass if there is one function, and keeps scores of f32 in f32", async () => {
  const asked: string[] = [];
  const part: PathFunction = {
    tokens: 2,
    targets: 3,
    evaluate(alphas, { gradient }) {
      asked.push(gradient);
      const score = alphas.map(() => Float64Array.of(-0.1, -0.2, -0.3).map(Math.fround));
      return Promise.resolve({ score, tangent: [], gradient: alphas.map(() => Float64Array.of(1, 2)) });
    },
  };
  const wants = { tangent: false, gradient: "token" } as const;
  const { score, gradient } = await composePath([part], perplexity()).evaluate([0.5], wants);
  assert.deepEqual(asked, ["sequence"]);
  assert.equal(Math.fround(score[0][0]), score[0][0]);
  const slope = -Math.exp(0.2) / 3;
  assertClose(gradient[0], [slope, 2 * slope], { absolute: 1e-7, relative: 0 });
});

/** T linear functions as a device of f32 gives them: c_t · x − 2, rounded. */
function singlePath(targets: number, seed: number): PathFunction & { readonly coefficients: number[][] } {
  const path = linearPath(targets, seed);
  return {
    ...path,
    async evaluate(alphas, wants) {
      const samples = await path.evaluate(alphas, wants);
      return { ...samples, score: samples.score.map((score) => score.map(Math.fround)) };
    },
  };
}

for (
  const [what, composition, slope] of [
    ["sequence-prob", sequenceProb(), 1],
    ["perplexity", perplexity(), -1 / 150],
  ] as const
) {
  Deno.test(`${what} of 150 tokens in f32 is complete, certified, and the closed form`, async () => {
    // Scores of f32 near −2 in 150 tokens: a probability near e^−300, which no f32 holds.
    const part = singlePath(150, 41);
    const { attribution, input, baseline, certified, arithmeticFloor } = await integrateAdaptively(
      composePath([part], composition),
      { tolerance: 1e-3, budget: 400, gradient: "sequence" },
    );
    const exact = (x: number[]) =>
      Math.exp(slope * total(part.coefficients.map((c) => c.reduce((sum, factor, i) => sum + factor * x[i], -2))));
    const gap = exact(END) - exact(START);
    assert.ok(gap !== 0 && certified!.met);
    // 150 roundings of 2⁻²⁴ · 2.
    assertClose([input[0] / exact(END), baseline[0] / exact(START)], [1, 1], { absolute: 2e-5, relative: 0 });
    // exp of a linear function: the gradient points one way along the whole path.
    const shares = START.map((x, i) => total(part.coefficients.map((c) => c[i])) * (END[i] - x));
    const expected = shares.map((share) => share / total(shares));
    assertClose(attribution.map((value) => value / gap), expected, { absolute: 0, relative: 1e-3 });
    assert.ok(arithmeticFloor! > 2 ** -24, "its scores count as rounded to f32");
  });
}

Deno.test("composePath() keeps the digits of f32 in what f32 does not hold", async () => {
  const part = singlePath(300, 43);
  const wants = { tangent: false, gradient: "none" } as const;
  const { score: [[own]] } = await composePath([part], sequenceProb()).evaluate([1], wants);
  const { score: [parts] } = await part.evaluate([1], wants);
  const [exact] = sequenceProb().value([parts]);
  assert.ok(own > 0 && own < 2 ** -149);
  assert.ok(own !== exact && Math.abs(own / exact - 1) <= 2 ** -24);
});
