import assert from "node:assert/strict";
import { attributeBySecants, type PathPart, type SecantFunction } from "../../src/attribution/secant.ts";
import { composeSecant, secantsSideBySide } from "../../src/attribution/objectives/composition.ts";
import { contrast } from "../../src/attribution/objectives/contrastive.ts";
import { perplexity } from "../../src/attribution/objectives/perplexity.ts";
import { sequenceProb } from "../../src/attribution/objectives/sequence_prob.ts";
import { assertClose } from "../support/closeness.ts";

/** Products φ_t = −w_t x₀ x₁ of two coordinates from one point to another, whose changes both share by means. */
function productOf(
  weights: readonly number[],
  start: readonly [number, number],
  end: readonly [number, number],
): SecantFunction & { readonly asked: PathPart[] } {
  const asked: PathPart[] = [];
  const at = (alpha: number) => start.map((x, i) => (1 - alpha) * x + alpha * end[i]);
  const scores = (alpha: number) => Float64Array.from(weights, (w) => -w * at(alpha)[0] * at(alpha)[1]);
  return {
    asked,
    tokens: 2,
    targets: weights.length,
    evaluate(parts, gradient) {
      asked.push(...parts);
      const shares = parts.map(([from, to]) => {
        const [a, b] = [at(from), at(to)];
        const rows = weights.map((w) => [0, 1].map((i) => -w * (b[i] - a[i]) * (a[1 - i] + b[1 - i]) / 2));
        const total = [0, 1].map((i) => rows.reduce((sum, row) => sum + row[i], 0));
        return Float64Array.from(gradient === "token" ? rows.flat() : total);
      });
      return Promise.resolve({
        start: parts.map(([from]) => scores(from)),
        end: parts.map(([, to]) => scores(to)),
        shares,
      });
    },
  };
}

const WEIGHTS = [0.5, 2];
const START = [0.25, 1] as const;
const END = [1.5, -1] as const;
const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

Deno.test("attributeBySecants() sums the parts of a path, whose ends meet, and gives the scores at its own", async () => {
  const product = productOf(WEIGHTS, START, END);
  const one = await attributeBySecants(product, 1, "token");
  const four = await attributeBySecants(product, 4, "token");
  assert.deepEqual(product.asked, [[0, 1], [0, 0.25], [0.25, 0.5], [0.5, 0.75], [0.75, 1]]);
  for (const found of [one, four]) {
    assertClose(found.total!, found.input.map((value, t) => value - found.baseline[t]), {
      absolute: 0,
      relative: 1e-14,
    });
  }
  // A product is bilinear: parts change nothing.
  assertClose(four.attribution, one.attribution, { absolute: 1e-15, relative: 1e-14 });
  assert.deepEqual([one.pathPoints, four.pathPoints], [2, 8]);
  const sequence = await attributeBySecants(product, 4, "sequence");
  assertClose(sequence.attribution, [0, 1].map((i) => one.attribution[i] + one.attribution[2 + i]), {
    absolute: 1e-15,
    relative: 1e-14,
  });
  assert.equal(sequence.total, null);
});

for (const [name, composition] of [["perplexity", perplexity()], ["sequenceProb", sequenceProb()]] as const) {
  Deno.test(`secants of ${name} sum to its change`, async () => {
    for (const end of [END, [0.25, 1 + 1e-9] as const]) {
      const parts = [productOf(WEIGHTS, START, end)];
      for (const gradient of ["sequence", "token"] as const) {
        const { attribution, input, baseline } = await attributeBySecants(
          composeSecant(parts, composition),
          1,
          gradient,
        );
        assert.equal(attribution.length, 2);
        assertClose([total(attribution)], [input[0] - baseline[0]], { absolute: 1e-15, relative: 1e-13 });
      }
    }
  });
}

for (const lengths of [[2, 2], [2, 1]] as const) {
  Deno.test(`secants of contrasts of ${lengths} targets have the coordinates of both parts`, async () => {
    const parts = [productOf(WEIGHTS, START, END), productOf([3, 1].slice(0, lengths[1]), [0, 1], [2, 2])];
    const secant = composeSecant(secantsSideBySide(parts, 1), contrast(lengths));
    assert.equal(secant.tokens, 3);
    const found = await attributeBySecants(secant, 2, "token");
    assert.equal(found.attribution.length, 3 * secant.targets);
    assertClose(found.total!, found.input.map((value, t) => value - found.baseline[t]), {
      absolute: 1e-14,
      relative: 1e-14,
    });
  });
}
