import { fileURLToPath } from "node:url";
import { everyUnit, noUnit } from "../../src/perturbation/coalition.ts";
import { fitConstrained } from "../../src/perturbation/fit/constrained_fit.ts";
import { exactShapley } from "../../src/perturbation/exact_shapley.ts";
import { kernelShap } from "../../src/perturbation/kernel_shap.ts";
import { exactOwen } from "../../src/perturbation/owen.ts";
import { chain, marginals } from "../../src/perturbation/sampled_shapley.ts";
import type { UnitTree } from "../../src/perturbation/unit_tree.ts";
import type { Device, LanguageModel } from "../../src/model/model.ts";
import golden from "../golden/shap/models.json" with { type: "json" };
import { assertClose } from "../support/closeness.ts";
import { lendModel } from "../model/lent_model.ts";
import { promptScorer, type ScoredIds } from "../support/prompt_scorer.ts";
import assert from "node:assert/strict";

// Log-probs in f32 against PyTorch's in f64; attributions are differences of two.
const SCORE = { absolute: 2e-5, relative: 0 };
const ATTRIBUTION = { absolute: 4e-5, relative: 0 };

const AWKWARD = fileURLToPath(new URL("../golden/awkward/", import.meta.url));
const BIOGRAPHY = fileURLToPath(new URL("../../experiments/models/biography", import.meta.url));

async function withModel(directory: string, device: Device, check: (model: LanguageModel) => Promise<void>) {
  await check(await lendModel(directory, { device }));
}

/** The game of a prompt's units; `token:0`, `mean` or `delete` takes them away. */
async function scorerOf(model: LanguageModel, ids: ScoredIds, scheme: string) {
  if (scheme === "delete") return await promptScorer(model, ids, { kind: "delete" });
  const mean = scheme === "mean";
  const row = mean ? await model.meanEmbedding() : await model.embed([Number(scheme.slice("token:".length))]);
  return await promptScorer(model, ids, { kind: "row", row });
}

for (const [name, cases] of Object.entries(golden.shap)) {
  const directory = name === "biography" ? BIOGRAPHY : `${AWKWARD}${name}`;

  Deno.test(`${name}: Shapley and Owen values of the model equal SHAP's on PyTorch's f64`, () =>
    withModel(directory, "cpu", async (model) => {
      for (const one of cases) {
        const scorer = await scorerOf(model, one, one.baseline);
        const exact = await exactShapley(scorer);
        assertClose(exact.input, one.input, SCORE, `${one.name} input`);
        assertClose(exact.baseline!, one.nothing, SCORE, `${one.name} baseline`);
        assertClose(exact.attribution, one.exact.flat(), ATTRIBUTION, `${one.name} Shapley values`);
        const kernel = await kernelShap(scorer, { seed: 1, calls: 2 ** scorer.units });
        assertClose(kernel.attribution, one.exact.flat(), ATTRIBUTION, `${one.name} KernelSHAP`);
        if (one.tree === null) continue;
        const { attribution } = await exactOwen(scorer, one.tree as UnitTree);
        assertClose(attribution, one.partition!.flat(), ATTRIBUTION, `${one.name} Owen values`);
        assert.equal(scorer.spent, 2 ** scorer.units);
      }
    }));
}

for (const device of ["webgpu", "cpu", "reference"] as const) {
  const { prompt, target, ...captum } = golden.captum;

  Deno.test(`on ${device}: Shapley values of deleted units equal Captum's ShapleyValues through its LLM wrapper`, () =>
    withModel(`${AWKWARD}f32`, device, async (model) => {
      const { groups, token, sequence } = captum.shapleyValuesOfDeletion;
      const found = await exactShapley(await scorerOf(model, { prompt, target, groups }, "delete"));
      assertClose(found.attribution, token.flat(), ATTRIBUTION);
      assertClose(found.sequence, sequence, { absolute: 1e-4, relative: 0 });
    }));

  Deno.test(`on ${device}: orders that Captum's ShapleyValueSampling drew give what it gave`, () =>
    withModel(`${AWKWARD}f32`, device, async (model) => {
      const { orders, token } = captum.shapleyValueSampling;
      const scorer = await scorerOf(model, { prompt, target }, "token:0");
      const mean = new Float64Array(token.flat().length);
      for (const order of orders) {
        const scores = await scorer.score(chain(order));
        marginals(order, scores, target.length).forEach((value, i) => mean[i] += value / orders.length);
      }
      assertClose(mean, token.flat(), ATTRIBUTION);
    }));

  Deno.test(`on ${device}: coalitions that Captum's KernelShap drew give what it gave`, () =>
    withModel(`${AWKWARD}f32`, device, async (model) => {
      const N = prompt.length;
      const scorer = await scorerOf(model, { prompt, target }, "token:0");
      const inside = captum.kernelShap.masks.filter((mask) => mask.includes(0) && mask.includes(1));
      const [all, none] = await scorer.score([everyUnit(N), noUnit(N)]);
      const scores = await scorer.score(inside.map((mask) => Uint8Array.from(mask)));
      const sum = (values: Float64Array) => values[target.length];
      const fit = fitConstrained({
        units: N,
        columns: 1,
        rows: inside.map((mask) => Float64Array.from(mask)),
        values: scores.map((score) => Float64Array.of(sum(score) - sum(none))),
        weights: inside.map(() => 1),
        totals: Float64Array.of(sum(all) - sum(none)),
      })!;
      // Captum's constraint is a weight of 10⁶, in f32.
      assertClose(fit.coefficients, captum.kernelShap.sequence, { absolute: 0, relative: 2e-3 });
    }));
}
