import { fileURLToPath } from "node:url";
import { attribute } from "../../src/experiment/attribute.ts";
import type { AttributionOptions } from "../../src/experiment/request.ts";
import { type LanguageModel, loadModel } from "../../src/model/model.ts";
import golden from "../golden/inseq/expected.json" with { type: "json" };
import { assertClose } from "../support/closeness.ts";
import { withIds } from "../support/id_tokenizer.ts";

/** Inseq's attributed functions by our names. */
const OBJECTIVES = { prob: "probability", logit: "logit" } as const;

// Both ran in f32; differences of two probabilities or logits, and sums over the embedding.
const TOLERANCE = { absolute: 1e-6, relative: 1e-3 };

for (const [name, { promptText, targetText, baseline, steps, values }] of Object.entries(golden.cases)) {
  const isEmbedded = name === "biography";
  const directory = isEmbedded ? "../../experiments/models/biography" : `../golden/awkward/${name}`;

  Deno.test(`${name}: integrated gradients and ablation are Inseq's, for probabilities and logits`, async () => {
    const loaded = await loadModel(fileURLToPath(new URL(directory, import.meta.url)), { device: "webgpu" });
    const model: LanguageModel = isEmbedded ? loaded : withIds(loaded);
    const matrix = async (options: Partial<AttributionOptions>) =>
      (await attribute(model, { prompt: promptText, target: targetText }, { freeze: [], tokens: true, ...options }))
        .tokenAttribution!;
    try {
      for (const objective of ["prob", "logit"] as const) {
        const expected = values[OBJECTIVES[objective]];
        const path = { baseline: `token:${baseline}`, quadrature: "gauss-legendre", steps } as const;
        // Of later target tokens Inseq takes the target's prefix along the path.
        const [first] = await matrix({ objective, ...path });
        assertClose(first, expected.integratedGradients[0], TOLERANCE, `${objective} integrated gradients`);
        const ablation = await matrix({ objective, method: "feature-ablation", scheme: `token:${baseline}` });
        const magnitudes = ablation.flat().map(Math.abs);
        assertClose(magnitudes, expected.occlusionMagnitude.flat(), TOLERANCE, `${objective} occlusion`);
      }
    } finally {
      model.close();
    }
  });
}
