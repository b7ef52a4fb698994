import assert from "node:assert/strict";
import { attribute } from "../../../src/explain/attribute.ts";
import type { AttributionRecord } from "../../../src/explain/record/record.ts";
import { loadModel } from "../../../src/model/model.ts";
import { fitLasso } from "../../../src/perturbation/fit/lasso.ts";
import { spearman } from "../../../src/statistics/correlation.ts";
import { sum } from "../../../src/statistics/sums.ts";
import golden from "../../golden/context/peers.json" with { type: "json" };
import { assertClose } from "../../support/closeness.ts";

const model = await loadModel("chains", { device: "cpu" });

/** Log-probability of the target without some sentences of the context. */
async function scoresWithout(record: AttributionRecord, kept: readonly (readonly number[])[]): Promise<number[]> {
  const { parts } = record.context!.levels.find(({ level }) => level === "sentences")!;
  const rows = await model.embed(record.prompt.tokens.map(({ id }) => id));
  const D = model.config.hiddenSize;
  const prompts = kept.map((mask) => {
    const gone = new Set(parts.flatMap(({ tokens }, p) => mask[p] ? [] : tokens));
    return rows.filter((_, i) => !gone.has(Math.floor(i / D)));
  });
  return (await model.score(prompts, record.target.tokens.map(({ id }) => id), rows)).map(sum);
}

for (const { kind, context, current, target, attributeContext, contextCite } of golden.cases) {
  const text = { prompt: `{context} ${current}`, context: [context], target };
  const record = await attribute(model, { ...text, dependence: "kl-reverse" }, {
    method: "saliency",
    objective: "logit",
  });

  Deno.test(`the divergences, the threshold and the dependent tokens of ${kind} are those of Inseq's attribute-context`, () => {
    const { dependence, dependent } = record.context!;
    assertClose(dependence.klReverse, attributeContext.kl, { absolute: 2e-6, relative: 1e-4 });
    assertClose([dependence.least!], [attributeContext.threshold], { absolute: 0, relative: 1e-5 });
    assert.deepEqual(dependent, attributeContext.dependent);
  });

  Deno.test(`the saliency of the context for each dependent token of ${kind} is that of Inseq's attribute-context`, () => {
    const { documents, dependent } = record.context!;
    for (const [t, expected] of Object.entries(attributeContext.saliency)) {
      assert.ok(dependent.includes(Number(t)));
      const row = record.tokenAttribution![Number(t)];
      assertClose(documents[0].tokens.map((i) => row[i]), expected, { absolute: 1e-4, relative: 3e-3 }, `token ${t}`);
    }
  });

  Deno.test(`ablations, weights, drops and LDS of the sentences of ${kind} are ContextCite's`, async () => {
    const { masks, logits, weights, heldMasks, heldLogits, lds, drops } = contextCite;
    const own = await scoresWithout(record, masks.slice(0, 6));
    // log p of each token from its log-odds.
    const logProbs = logits.map((row) => sum(row.map((z) => Math.min(z, 0) - Math.log1p(Math.exp(-Math.abs(z))))));
    assertClose(own, logProbs.slice(0, 6), { absolute: 1e-4, relative: 1e-4 });
    const T = logits[0].length;
    const odds = logProbs.map((log) => (log - Math.log(-Math.expm1(log))) / T);
    const { coefficients } = fitLasso(masks, odds, 0.01);
    const fitted = [...coefficients].map((value) => value * T);
    assertClose(fitted, weights, { absolute: 2e-3, relative: 1e-3 });
    const predicted = heldMasks.map((mask) => sum(mask.map((kept, i) => kept * fitted[i])));
    assertClose([spearman(predicted, heldLogits)], [lds], { absolute: 1e-9, relative: 0 });
    const ranked = [...fitted.keys()].sort((a, b) => fitted[b] - fitted[a]);
    const kept = [0, 1, 3].map((k) => fitted.map((_, i) => Number(!ranked.slice(0, k).includes(i))));
    const [whole, ...less] = await scoresWithout(record, kept);
    assertClose(less.map((score) => whole - score), [drops[1], drops[3]], { absolute: 1e-4, relative: 1e-4 });
  });
}

Deno.test.afterAll(() => model.close());
