import { attribute } from "../../src/explain/attribute.ts";
import type { AttributionOptions } from "../../src/explain/methods/attribution_options.ts";
import type { LanguageModel } from "../../src/model/model.ts";
import { assertClose } from "./closeness.ts";

/** Inseq's attributions of a function of the target, [T][L] each; null if Inseq was not asked. */
type InseqValues = Readonly<
  Record<
    "integratedGradients" | "inputXGradient" | "saliencyL1" | "saliencyL2" | "occlusionMagnitude",
    readonly (readonly number[])[] | null
  >
>;

/** One text as test/golden/inseq/generate.py froze it. */
export interface InseqCase {
  readonly promptText: string;
  readonly targetText: string;
  /** Id of the token that is Inseq's baseline. */
  readonly baseline: number;
  readonly steps: number;
  readonly values: { readonly probability: InseqValues; readonly logit: InseqValues };
}

/** Inseq's attributed functions by our names. */
const OBJECTIVES = { prob: "probability", logit: "logit" } as const;

// Both ran in f32; differences of two probabilities or logits, and sums over the embedding. Next to certainty PyTorch
// loses digits of 1 − p, with which the gradient of a probability goes.
const TOLERANCE = { absolute: 1e-6, relative: 3e-3 };

/** Holds gradient methods and ablation of a model against Inseq's, for probabilities and logits. */
export async function checkInseq(model: LanguageModel, one: InseqCase): Promise<void> {
  const { promptText, targetText, baseline, steps, values } = one;
  const token = `token:${baseline}` as const;
  // Inseq takes the target's prefix along the path.
  const path = { baseline: token, quadrature: "gauss-legendre", steps, prefix: "interpolated" } as const;
  const runs: readonly [keyof InseqValues, AttributionOptions][] = [
    ["integratedGradients", { ...path, perTarget: false }],
    ["inputXGradient", { method: "input-x-gradient" }],
    ["saliencyL1", { method: "saliency", norm: "l1" }],
    ["saliencyL2", { method: "saliency", norm: "l2" }],
    ["occlusionMagnitude", { method: "feature-ablation", scheme: token, units: "pieces" }],
  ];
  const text = { prompt: promptText, target: targetText };
  for (const objective of ["prob", "logit"] as const) {
    for (const [key, options] of runs) {
      const expected = values[OBJECTIVES[objective]][key];
      if (expected === null) continue;
      const all = { freeze: [], tokens: true, objective, ...options } as AttributionOptions;
      const found = await attribute(model, text, all);
      const matrix = found.tokenAttribution!.flat();
      // Inseq's occlusion has no signs.
      const actual = key === "occlusionMagnitude" ? matrix.map(Math.abs) : matrix;
      assertClose(actual, expected.flat(), TOLERANCE, `${objective} ${key}`);
    }
  }
}
