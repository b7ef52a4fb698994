import { fileURLToPath } from "node:url";
import { attribute } from "../../src/experiment/attribute.ts";
import type { GivenOptions } from "../../src/experiment/preset.ts";
import { type LanguageModel, loadModel } from "../../src/model/model.ts";
import golden from "../golden/inseq/expected.json" with { type: "json" };
import { assertClose } from "../support/closeness.ts";
import { withIds } from "../support/id_tokenizer.ts";

/** Inseq's attributed functions by our names. */
const OBJECTIVES = { prob: "probability", logit: "logit" } as const;

// Both ran in f32; differences of two probabilities or logits, and sums over the embedding. Next to certainty PyTorch loses
// digits of 1 − p, with which the gradient of a probability goes.
const TOLERANCE = { absolute: 1e-6, relative: 3e-3 };

for (const [name, { promptText, targetText, baseline, steps, values }] of Object.entries(golden.cases)) {
  const isEmbedded = name === "biography";
  const directory = isEmbedded ? "../../experiments/models/biography" : `../golden/awkward/${name}`;

  const token = `token:${baseline}`;
  // Inseq takes the target's prefix along the path.
  const path = { baseline: token, quadrature: "gauss-legendre", steps, prefix: "interpolated" } as const;
  const runs: readonly [keyof typeof values.logit, GivenOptions][] = [
    ["integratedGradients", path],
    ["inputXGradient", { method: "input-x-gradient" }],
    ["saliencyL1", { method: "saliency", norm: "l1" }],
    ["saliencyL2", { method: "saliency", norm: "l2" }],
    ["occlusionMagnitude", { method: "feature-ablation", scheme: token, units: "pieces" }],
  ];

  Deno.test(`${name}: gradient methods and ablation are Inseq's, for probabilities and logits`, async () => {
    const loaded = await loadModel(fileURLToPath(new URL(directory, import.meta.url)), { device: "webgpu" });
    const model: LanguageModel = isEmbedded ? loaded : withIds(loaded);
    const text = { prompt: promptText, target: targetText };
    try {
      for (const objective of ["prob", "logit"] as const) {
        for (const [key, options] of runs) {
          const found = await attribute(model, text, { freeze: [], tokens: true, objective, ...options });
          const matrix = found.tokenAttribution!.flat();
          // Inseq's occlusion has no signs.
          const actual = key === "occlusionMagnitude" ? matrix.map(Math.abs) : matrix;
          assertClose(actual, values[OBJECTIVES[objective]][key].flat(), TOLERANCE, `${objective} ${key}`);
        }
      }
    } finally {
      model.close();
    }
  });
}
