import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { ObjectiveName } from "../../src/attribution/objectives/objective.ts";
import { attribute } from "../../src/explain/attribute.ts";
import type { AttributionOptions } from "../../src/explain/methods/attribution_options.ts";
import type { LanguageModel } from "../../src/model/model.ts";
import awkward from "../golden/captum/awkward.json" with { type: "json" };
import biography from "../golden/captum/biography.json" with { type: "json" };
import { assertClose } from "../support/closeness.ts";
import { idText, withIds } from "../support/id_tokenizer.ts";
import { lendModel } from "../model/lent_model.ts";

/** Attributions of one of Captum's classes: a row a target, a column a token that was not skipped. */
interface Given {
  readonly token: number[][] | null;
  readonly sequence: number[];
}

type Run = (
  golden: { readonly skip: number[]; readonly skipMost: number[]; readonly baseline: number },
) => AttributionOptions;

const freeze = (ids: readonly number[]) => ids.map((id) => `token:${id}` as const);

/** Our options for each of Captum's runs in test/golden/captum/generate.py; docs/captum.md says why. */
const RUNS: Readonly<Record<string, Run>> = {
  LayerIntegratedGradients: () => ({ method: "integrated-gradients" }),
  "LayerIntegratedGradients skip_tokens baselines": ({ skip, baseline }) => ({
    method: "integrated-gradients",
    quadrature: "captum-trapezoid",
    steps: 20,
    freeze: freeze(skip),
    baseline: `token:${baseline}`,
  }),
  LayerGradientXActivation: () => ({ method: "input-x-gradient" }),
  "LayerGradientXActivation skip_tokens": ({ skip }) => ({ method: "input-x-gradient", freeze: freeze(skip) }),
  // The output of block 1 is the input of block 2.
  "LayerIntegratedGradients layers[1]": () => ({ method: "integrated-gradients", steps: 20, layer: 2 }),
  "LayerGradientXActivation layers[1]": () => ({ method: "input-x-gradient", layer: 2 }),
  FeatureAblation: () => ({ method: "feature-ablation" }),
  "FeatureAblation forward_in_tokens=False": () => ({ method: "feature-ablation" }),
  "FeatureAblation skip_tokens baselines": ({ skip, baseline }) => ({
    method: "feature-ablation",
    freeze: freeze(skip),
    scheme: `token:${baseline}`,
  }),
  Occlusion: () => ({ method: "occlusion", window: 3, stride: 2 }),
  "ShapleyValues skip_tokens": ({ skipMost }) => ({ method: "shapley", freeze: freeze(skipMost) }),
  ShapleyValueSampling: () => ({ method: "shapley-sampled" }),
  KernelShap: () => ({ method: "kernel-shap" }),
  "KernelShap n_samples": () => ({ method: "kernel-shap", samples: 200, seed: 5 }),
  // Fewer coalitions than units: of all fits the shortest.
  "KernelShap n_samples below the units": () => ({ method: "kernel-shap", samples: 8, seed: 2 }),
};

// Both sides carry f32 rounding; Captum fits KernelShap in f32, with two rows a thousand times the others.
const TOLERANCE = { absolute: 5e-5, relative: 5e-4 };
const FITTED = { absolute: 2e-4, relative: 3e-3 };

async function withModel(directory: string, check: (model: LanguageModel) => Promise<void>): Promise<void> {
  await check(await lendModel(fileURLToPath(new URL(`../${directory}`, import.meta.url)), { device: "cpu" }));
}

/** Runs everything that Captum ran and compares the tokens that neither leaves out. */
async function compareAll(
  model: LanguageModel,
  text: { readonly prompt: string; readonly target: string },
  golden: { readonly skip: number[]; readonly skipMost: number[]; readonly baseline: number },
  cases: Readonly<Record<string, Given>>,
  names = Object.keys(RUNS),
): Promise<void> {
  for (const name of names) {
    const { token, sequence } = cases[name];
    const options = { preset: "captum", tokens: true, ...RUNS[name](golden) } as AttributionOptions;
    const found = await attribute(model, text, options);
    const free = found.prompt.tokens.flatMap(({ frozen }, i) => frozen ? [] : [i]);
    const tolerance = name.startsWith("KernelShap") ? FITTED : TOLERANCE;
    assertClose(free.map((i) => found.sequenceAttribution[i]), sequence, tolerance, `${name} sequence`);
    // Captum's KernelShap has no token_attr.
    assert.equal(token === null, name.startsWith("KernelShap"));
    if (token === null) continue;
    const rows = found.tokenAttribution!.flatMap((row) => free.map((i) => row[i]));
    assertClose(rows, token.flat(), tolerance, `${name} token`);
  }
}

/** With `attr_target="prob"` Captum's sequence is the probability of the whole target. */
async function compareProbabilities(model: LanguageModel, cases: Readonly<Record<string, Given>>): Promise<void> {
  const text = { prompt: idText(awkward.prompt), target: idText(awkward.target) };
  const { token, sequence } = cases["FeatureAblation prob"];
  const explain = (objective: ObjectiveName) =>
    attribute(model, text, { preset: "captum", method: "feature-ablation", objective });
  const tokens = (await explain("prob")).tokenAttribution!;
  assertClose(tokens.flat(), token!.flat(), { absolute: 1e-6, relative: 5e-4 });
  const whole = (await explain("sequence-prob")).sequenceAttribution;
  assertClose(whole, sequence, { absolute: 0, relative: 5e-4 });
}

for (const [weights, cases] of Object.entries(awkward.cases)) {
  Deno.test(`awkward ${weights}: preset captum gives Captum's attributions of probabilities`, () =>
    withModel(
      `golden/awkward/${weights}`,
      (model) => compareProbabilities(withIds(model), cases as Record<string, Given>),
    ));

  Deno.test(`awkward ${weights}: preset captum gives the attributions of each of Captum's classes`, () =>
    withModel(`golden/awkward/${weights}`, async (model) => {
      const text = { prompt: idText(awkward.prompt), target: idText(awkward.target) };
      await compareAll(withIds(model), text, awkward, cases as Record<string, Given>);
    }));
}

Deno.test("biography: preset captum gives the attributions of each of Captum's classes", () =>
  withModel("../experiments/models/biography", async (model) => {
    const text = { prompt: biography.promptText, target: biography.targetText };
    // One of each kind: the rest repeats what the smaller model has shown.
    const names = ["LayerIntegratedGradients", "LayerGradientXActivation", "FeatureAblation skip_tokens baselines"];
    names.push("ShapleyValues skip_tokens", "ShapleyValueSampling", "KernelShap");
    await compareAll(model, text, biography, biography.cases.biography as Record<string, Given>, names);
  }));
