import { fileURLToPath } from "node:url";
import { integrateFixed } from "../../src/attribution/integrated_gradients.ts";
import { attributeBySecants } from "../../src/attribution/secant.ts";
import type { Device, LanguageModel } from "../../src/model/model.ts";
import gim from "../golden/rules/gim.json" with { type: "json" };
import lrp from "../golden/rules/lrp.json" with { type: "json" };
import secants from "../golden/rules/secant.json" with { type: "json" };
import { assertClose } from "../support/closeness.ts";
import { lendModel } from "../model/lent_model.ts";

const AWKWARD = fileURLToPath(new URL("../golden/awkward/f32", import.meta.url));

async function withModel(device: Device, check: (model: LanguageModel) => Promise<void>): Promise<void> {
  await check(await lendModel(AWKWARD, { device }));
}

for (const device of ["reference", "cpu", "webgpu"] as const) {
  Deno.test(`AttnLRP on ${device} equals lxt's relevances of each target's logit`, () =>
    withModel(device, async (model) => {
      for (const { prompt, target: targets, relevance } of lrp.cases) {
        const end = await model.embed(prompt);
        const start = end.map(() => 0);
        const path = await model.path({ start, end, targets, objective: { kind: "logit" }, rule: "attnLrp" });
        const { attribution } = await integrateFixed(path, "riemann-right", 1, "token", { perTarget: false });
        // Both in f32, relative to the largest.
        const largest = Math.max(...relevance.flat().map(Math.abs));
        assertClose(attribution, relevance.flat(), { absolute: 2e-5 * largest, relative: 0 });
      }
    }));

  Deno.test(`GIM with whole gates on ${device} equals gim-explain in TransformerLens`, () =>
    withModel(device, async (model) => {
      for (const { prompt, target: targets, attribution: expected } of gim.cases) {
        const end = await model.embed(prompt);
        const baseline = await model.embed([0]);
        const start = end.map((_, i) => baseline[i % baseline.length]);
        const path = await model.path({ start, end, targets, rule: "gimWholeGates" });
        const { attribution } = await integrateFixed(path, "riemann-right", 1, "token", { perTarget: false });
        const largest = Math.max(...expected.flat().map(Math.abs));
        const tolerance = device === "reference" ? 1e-6 : 2e-5;
        assertClose(attribution, expected.flat(), { absolute: tolerance * largest, relative: 0 });
      }
    }));

  Deno.test(`secants on ${device} equal those restated in PyTorch, of each target`, () =>
    withModel(device, async (model) => {
      for (const { prompt, target: targets, ordered, attribution: expected } of secants.cases) {
        const end = await model.embed(prompt);
        const mean = await model.meanEmbedding();
        const start = end.map((_, i) => mean[i % mean.length]);
        const secant = await model.secant({ start, end, targets, ordered });
        const { attribution } = await attributeBySecants(secant, 1, "token");
        const largest = Math.max(...expected.flat().map(Math.abs));
        const tolerance = device === "reference" ? 1e-6 : 2e-5;
        assertClose(attribution, expected.flat(), { absolute: tolerance * largest, relative: 0 });
      }
    }));
}
