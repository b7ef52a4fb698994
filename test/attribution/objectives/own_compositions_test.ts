import assert from "node:assert/strict";
import { checkComposition, ofTotals, weightedScores } from "../../../src/attribution/objectives/own_compositions.ts";
import { contrast } from "../../../src/attribution/objectives/contrastive.ts";
import { sequenceProb } from "../../../src/attribution/objectives/sequence_prob.ts";

const A = Float64Array.of(-0.5, -2, -1);
const B = Float64Array.of(-3, -0.25, -1.5);
const SHORT = Float64Array.of(-3, -0.25);

Deno.test("weightedScores() of 1 and −1 is the contrast, aligned and not", () => {
  for (const other of [B, SHORT]) {
    const [own, known] = [weightedScores([1, -1])([3, other.length]), contrast([3, other.length])];
    assert.equal(own.targets, known.targets);
    assert.deepEqual(own.value([A, other]), known.value([A, other]));
    assert.deepEqual(own.derivative([A, other], [A, other]), known.derivative([A, other], [A, other]));
    assert.deepEqual(own.factors([A, other]), known.factors([A, other]));
    checkComposition("contrast", own, [A, other]);
  }
});

Deno.test("ofTotals() of exp is the probability of the sequence", () => {
  const exp = ([total]: readonly number[]) => Math.exp(total);
  const own = ofTotals(exp, (totals) => [exp(totals)])();
  const known = sequenceProb();
  assert.deepEqual(own.value([A]), known.value([A]));
  assert.deepEqual(own.derivative([A], [B]), known.derivative([A], [B]));
  assert.deepEqual(own.factors([A]), known.factors([A]));
});

Deno.test("checkComposition() takes right derivatives of curved functions at scores of any size", () => {
  for (const scale of [1e-6, 1, 1e4]) {
    const ratio = ofTotals(([a, b]) => a / b, ([a, b]) => [1 / b, -a / (b * b)])();
    checkComposition("ratio", ratio, [A.map((value) => value * scale), B.map((value) => value * scale - 1)]);
  }
});

Deno.test("checkComposition() refuses a derivative that is off by a hundredth, and factors of another part", () => {
  const right = weightedScores([1, 2])([3, 3]);
  const off = { ...right, derivative: (_: unknown, v: readonly Float64Array[]) => right.value(v).map((x) => 1.01 * x) };
  assert.throws(() => checkComposition("off", off, [A, B]), /^RangeError: Cannot use objective off as its derivative/);
  const turned = { ...right, factors: () => [2, 1] };
  assert.throws(() => checkComposition("turned", turned, [A, B]), /factor of part 0 must be the derivative .*: got 2$/);
  // Its sum depends on one score more than on another, which no factor of the part says.
  const uneven = {
    targets: 1,
    value: ([a]: readonly Float64Array[]) => Float64Array.of(a[0] + 2 * a[1]),
    derivative: (_: unknown, [v]: readonly Float64Array[]) => Float64Array.of(v[0] + 2 * v[1]),
    factors: () => [1],
  };
  assert.throws(() => checkComposition("uneven", uneven, [SHORT]), /factor of part 0 must be the derivative/);
});
