import assert from "node:assert/strict";
import { agreement, relativeDistance, signAgreement, topOverlap } from "../../src/metrics/agreement.ts";
import { createRandom } from "../../src/statistics/random.ts";
import { assertClose } from "../support/closeness.ts";

const ROUNDING = { absolute: 1e-12, relative: 0 };

Deno.test("agreement() is complete of an attribution with itself, ties and all", () => {
  const random = createRandom(2);
  for (let i = 0; i < 100; i++) {
    const a = Array.from({ length: 8 }, (_, u) => u === 0 ? 10 : random.integer(5) - 2);
    const same = agreement(a, a);
    assertClose(
      [same.pearson, same.spearman, same.kendall, same.topOverlap, same.signAgreement, same.relativeDistance],
      [1, 1, 1, 1, 1, 0],
      ROUNDING,
    );
    assert.equal(same.top, 2);
  }
});

Deno.test("agreement() is as a hand computes it", () => {
  const a = [4, -3, 1, 0];
  const b = [2, 3, -1, 0];
  // By magnitude 4 and −3 against 3 and 2: the same two.
  assert.equal(topOverlap(a, b, 2), 1);
  assert.equal(topOverlap(a, b, 1), 0);
  // Signs agree at the first of three units that are not 0 in both.
  assertClose([signAgreement(a, b)], [1 / 3], ROUNDING);
  assertClose([relativeDistance(a, b)], [(2 + 6 + 2) / 6], ROUNDING);
  // Means 1/2 and 1; products 3.5 − 7 − 1 + 0.5 over √(25 · 10).
  assertClose([agreement(a, b).pearson], [(3.5 * 1 - 3.5 * 2 - 0.5 * 2 + 0.5) / Math.sqrt(25 * 10)], ROUNDING);
  assert.ok(Number.isNaN(signAgreement([0, 0], [0, 0])) && Number.isNaN(agreement([1, 1], [1, 2]).pearson));
  assert.throws(() => agreement([1], [1, 2]), TypeError);
});

Deno.test("agreement()'s relations are symmetric if they should be, in 100 random pairs", () => {
  const random = createRandom(3);
  for (let i = 0; i < 100; i++) {
    const [a, b] = [0, 1].map(() => Array.from({ length: 9 }, () => random.integer(7) - 3));
    const [ab, ba] = [agreement(a, b), agreement(b, a)];
    for (const name of ["pearson", "spearman", "kendall", "topOverlap", "signAgreement"] as const) {
      assert.equal(ab[name], ba[name]);
    }
    const flipped = agreement(a.map((x) => -x), b);
    assertClose(
      [flipped.pearson, flipped.spearman, flipped.kendall],
      [-ab.pearson, -ab.spearman, -ab.kendall],
      ROUNDING,
    );
  }
});
