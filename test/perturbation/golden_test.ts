import assert from "node:assert/strict";
import { fitConstrained } from "../../src/perturbation/fit/constrained_fit.ts";
import { everyUnit } from "../../src/perturbation/coalition.ts";
import { exactShapley } from "../../src/perturbation/exact_shapley.ts";
import { kernelShap } from "../../src/perturbation/kernel_shap.ts";
import { fitLasso } from "../../src/perturbation/fit/lasso.ts";
import { limeWeight } from "../../src/perturbation/lime.ts";
import { occlude } from "../../src/perturbation/occlusion.ts";
import { exactOwen } from "../../src/perturbation/owen.ts";
import { chain, marginals } from "../../src/perturbation/sampled_shapley.ts";
import { createScorer } from "../../src/perturbation/scorer.ts";
import { explainedVariance } from "../../src/perturbation/surrogate.ts";
import type { UnitTree } from "../../src/perturbation/unit_tree.ts";
import { fitRidge } from "../../src/perturbation/fit/weighted_ridge.ts";
import golden from "../golden/shap/expected.json" with { type: "json" };
import { assertClose } from "../support/closeness.ts";
import { tableGame } from "./games.ts";

/** Both sides compute in f64. */
const ROUNDING = { absolute: 0, relative: 1e-12 };
/** Captum adds attributions up in f32, 720 orders of six units one after the other. */
const F32 = { absolute: 0, relative: 5e-6 };

for (const { name, units, table, tree, exact, partition, kernel } of golden.shap) {
  const scorer = () => createScorer(tableGame(table));

  Deno.test(`exactShapley() equals SHAP's exact explainer on ${name}`, async () => {
    assertClose((await exactShapley(scorer())).attribution, exact.flat(), ROUNDING);
  });

  Deno.test(`exactOwen() equals SHAP's partition explainer on ${name}`, async () => {
    assertClose((await exactOwen(scorer(), tree as UnitTree)).attribution, partition.flat(), ROUNDING);
  });

  Deno.test(`kernelShap() with calls for all coalitions equals SHAP's kernel explainer on ${name}`, async () => {
    const result = await kernelShap(scorer(), { seed: 1, calls: 2 ** units });
    // SHAP solves the same equations without the constraint's digits.
    assertClose(result.attribution, kernel.flat(), { absolute: 0, relative: 1e-9 });
    assert.deepEqual([result.uncertainty, result.stopped!.by, result.calls], [null, "exact", 2 ** units]);
  });
}

for (const one of golden.captum) {
  const scorer = () => createScorer(tableGame(one.table));

  Deno.test(`exactShapley() equals Captum's ShapleyValues on ${one.name}`, async () => {
    assertClose((await exactShapley(scorer())).attribution, one.shapleyValues, F32);
  });

  Deno.test(`occlude() equals Captum's FeatureAblation on ${one.name}`, async () => {
    assertClose((await occlude(scorer())).attribution, one.featureAblation, F32);
  });

  for (const { window, stride, values } of one.occlusion) {
    Deno.test(`occlude() equals Captum's Occlusion of ${window} units every ${stride} on ${one.name}`, async () => {
      assertClose((await occlude(scorer(), { window, stride })).attribution, values, F32);
    });
  }

  Deno.test(`marginals() of Captum's orders average to its ShapleyValueSampling on ${one.name}`, async () => {
    const { orders, values } = one.shapleyValueSampling;
    const mean = new Float64Array(one.units);
    for (const order of orders) {
      const scores = await scorer().score(chain(order));
      marginals(order, scores, 1).forEach((value, i) => mean[i] += value / orders.length);
    }
    assertClose(mean, values, F32);
  });

  Deno.test(`fitConstrained() on Captum's coalitions equals its KernelShap on ${one.name}`, async () => {
    const masks = one.kernelShap.masks.map((mask) => Uint8Array.from(mask));
    const inside = masks.filter((mask) => mask.some((kept) => kept === 0) && mask.some((kept) => kept === 1));
    const [all, none] = await scorer().score([everyUnit(one.units), new Uint8Array(one.units)]);
    const scores = await scorer().score(inside);
    const fit = fitConstrained({
      units: one.units,
      columns: 1,
      rows: inside.map((mask) => Float64Array.from(mask)),
      values: scores.map(([value]) => Float64Array.of(value - none[0])),
      weights: inside.map(() => 1),
      totals: Float64Array.of(all[0] - none[0]),
    })!;
    // Captum's constraint is a weight of 10⁶ in f32.
    assertClose(fit.coefficients, one.kernelShap.values, { absolute: 0, relative: 1e-3 });
  });
}

Deno.test("limeWeight() and fitRidge() equal lime's text explainer", () => {
  const { masks, values, weights, coefficients, intercept, r2 } = golden.lime;
  const units = masks[0].length;
  const own = masks.map((mask) => limeWeight(mask.reduce((a, b) => a + b, 0), units, 0.25));
  assertClose(own, weights, ROUNDING);
  const fit = fitRidge({ units, columns: 2, rows: masks, values, weights: own, penalty: 1 })!;
  assertClose(fit.coefficients, coefficients.flat(), ROUNDING);
  assertClose(fit.intercept, intercept, ROUNDING);
  for (const t of [0, 1]) {
    const predicted = masks.map((mask) =>
      mask.reduce((sum, kept, i) => sum + kept * fit.coefficients[t * units + i], fit.intercept[t])
    );
    assertClose([explainedVariance(values.map((v) => v[t]), predicted, own)], [r2[t]], ROUNDING);
  }
});

golden.lasso.forEach(({ alpha, masks, values, coefficients, intercept }, i) => {
  Deno.test(`fitLasso() equals scikit-learn's standardized Lasso, case ${i}`, () => {
    const fit = fitLasso(masks, values, alpha);
    assertClose(fit.coefficients, coefficients, { absolute: 0, relative: 1e-6 });
    assertClose([fit.intercept], [intercept], { absolute: 0, relative: 1e-6 });
    assert.deepEqual(
      [...fit.coefficients].map((value) => value === 0),
      coefficients.map((value) => value === 0),
      "the same coefficients are zero",
    );
  });
});
