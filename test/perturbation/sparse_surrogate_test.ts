import assert from "node:assert/strict";
import { createScorer } from "../../src/perturbation/scorer.ts";
import { sparseSurrogate } from "../../src/perturbation/sparse_surrogate.ts";
import { assertClose } from "../support/closeness.ts";
import { gameOf, randomGame } from "./games.ts";

/** Twelve units of which two matter, for two targets. */
const SPARSE = gameOf(12, [(kept) => 4 * kept[3], (kept) => -2 * kept[7] - 1]);

Deno.test("sparseSurrogate() finds the units that matter and predicts coalitions that it has not seen", async () => {
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
