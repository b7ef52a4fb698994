import { exactShapley } from "../../src/perturbation/exact_shapley.ts";
import { exactOwen } from "../../src/perturbation/owen.ts";
import type { UnitTree } from "../../src/perturbation/unit_tree.ts";
import { loadModel } from "../../src/model/model.ts";
import { assertClose } from "../support/closeness.ts";
import { checkInseq, type InseqCase } from "../support/inseq_case.ts";
import { promptScorer, type ScoredIds } from "../support/prompt_scorer.ts";
import { SMOLLM2_GGUF } from "./fetch.ts";

const read = (path: string) => JSON.parse(Deno.readTextFileSync(new URL(`../golden/${path}`, import.meta.url)));
const INSEQ: { readonly cases: { readonly nf4: InseqCase } } = read("inseq/smollm2.json");
/** test/golden/shap/models.py: Shapley and Owen values [T][N] of six units in f64. */
const SHAP: {
  readonly shap: Required<ScoredIds> & {
    readonly input: number[];
    readonly nothing: number[];
    readonly exact: number[][];
    readonly tree: UnitTree;
    readonly partition: number[][];
  };
} = read("shap/smollm2.json");

// As in smollm2_test.ts: log-probs of 30 layers in f32 against f64.
const SCORE = { absolute: 2e-4, relative: 0 };
/** Averages of differences of scores, most of them of prompts unlike any text, whose log-probs lose more in f32. */
const ATTRIBUTION = { absolute: 5e-4, relative: 1e-3 };

const model = await loadModel(SMOLLM2_GGUF, { device: "webgpu", quantize: "nf4" });
const test = (name: string, check: () => Promise<void>) =>
  Deno.test({ name: `SmolLM2-135M in NF4: ${name}`, fn: check, sanitizeResources: false, sanitizeOps: false });

test("gradient methods and ablation are Inseq's, for probabilities and logits", () =>
  checkInseq(model, INSEQ.cases.nf4));

test("Shapley and Owen values equal SHAP's on PyTorch's f64", async () => {
  const { shap } = SHAP;
  const scorer = await promptScorer(model, shap, { kind: "row", row: await model.embed([0]) });
  const exact = await exactShapley(scorer);
  assertClose(exact.input, shap.input, SCORE, "input");
  assertClose(exact.baseline!, shap.nothing, SCORE, "baseline");
  assertClose(exact.attribution, shap.exact.flat(), ATTRIBUTION, "Shapley values");
  const { attribution } = await exactOwen(scorer, shap.tree);
  assertClose(attribution, shap.partition.flat(), ATTRIBUTION, "Owen values");
});

test("close the model", () => Promise.resolve(model.close()));
