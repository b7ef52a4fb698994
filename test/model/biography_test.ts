import assert from "node:assert/strict";
import type { SchemeText } from "../../src/explain/options/scheme.ts";
import { attribute } from "../../src/explain/attribute.ts";
import type { LanguageModel } from "../../src/model/model.ts";
import { assertClose } from "../support/closeness.ts";
import { lendModel } from "./lent_model.ts";

/** test/golden/README.md, "biography". */
interface Case {
  readonly name: string;
  readonly promptText: string;
  readonly targetText: string;
  readonly prompt: number[];
  readonly target: number[];
  readonly logProbs: { readonly f64: number[] };
  readonly inputGradient: number[][];
  readonly paths: {
    readonly baseline: "zero" | "mean" | "token:0";
    readonly frozen: number[];
    readonly gaussLegendre50: number[][];
  }[];
  readonly ablation: Record<string, number[][] | null>;
  readonly captum: {
    readonly integratedGradients: Record<string, { readonly token: number[][]; readonly sequence: number[] }>;
    readonly featureAblation: { readonly token: number[][]; readonly sequence: number[] };
  };
  readonly generation: { readonly ids: number[] };
}

const GOLDEN: { readonly sha256: string; readonly cases: readonly Case[] } = JSON.parse(
  Deno.readTextFileSync(new URL("../golden/biography/expected.json", import.meta.url)),
);
const WEIGHTS = new URL("../../experiments/models/biography/model.safetensors", import.meta.url);
// If a target is all but certain, its attributions are as small as rounding, so each is held against a thousandth of
// the largest or of a hundredth of a nat.
const ATTRIBUTION = { absolute: 1e-5, relative: 1e-3 };
const FIFTY = { quadrature: "gauss-legendre", steps: 50, freeze: [] } as const;

async function withModel(
  device: "webgpu" | "cpu" | "reference",
  check: (model: LanguageModel) => Promise<void>,
): Promise<void> {
  await check(await lendModel(undefined, { device }));
}

Deno.test("the golden values are those of the embedded weights", async () => {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await Deno.readFile(WEIGHTS)));
  assert.equal(digest.toHex(), GOLDEN.sha256);
});

for (const one of GOLDEN.cases) {
  const text = { prompt: one.promptText, target: one.targetText };

  Deno.test(`embedded model, ${one.name}: texts have transformers' tokens and the log-probs PyTorch's values`, () =>
    withModel("webgpu", async (model) => {
      const tokenizer = await model.tokenizer();
      assert.deepEqual((await tokenizer.encodePrompt(text.prompt)).tokens.map(({ id }) => id), one.prompt);
      assert.deepEqual(await tokenizer.encodeTarget(text.target), one.target);
      const [score] = await model.score([await model.embed(one.prompt)], one.target);
      assertClose(score, one.logProbs.f64, { absolute: 1e-5, relative: 0 });
    }));

  for (const { baseline, gaussLegendre50 } of one.paths.filter(({ frozen }) => frozen.length === 0)) {
    // One path by WebGPU's kernels, which are slow in software; the baseline is no matter to them.
    const device = baseline === "mean" ? "webgpu" : "cpu";
    Deno.test(`embedded model, ${one.name}: the sequence attribution from ${baseline} equals PyTorch's in f64`, () =>
      withModel(device, async (model) => {
        const { sequenceAttribution } = await attribute(model, text, { ...FIFTY, baseline });
        const expected = one.prompt.map((_, i) => gaussLegendre50.reduce((sum, row) => sum + row[i], 0));
        assertClose(sequenceAttribution, expected, ATTRIBUTION);
      }));
  }

  Deno.test(`embedded model, ${one.name}: token and sequence attribution equal Captum's`, () =>
    withModel("cpu", async (model) => {
      const { token, sequence } = one.captum.integratedGradients["gausslegendre-50"];
      const record = await attribute(model, text, { ...FIFTY, baseline: "token:0", tokens: true });
      assertClose(record.tokenAttribution!.flat(), token.flat(), ATTRIBUTION);
      assertClose(record.sequenceAttribution, sequence, ATTRIBUTION);
    }));

  Deno.test(`embedded model, ${one.name}: ablation equals Captum's and PyTorch's`, () =>
    withModel("webgpu", async (model) => {
      const options = { method: "feature-ablation", freeze: [] } as const;
      for (const [scheme, expected] of Object.entries(one.ablation)) {
        const record = await attribute(model, text, { ...options, scheme: scheme as SchemeText });
        assertClose(record.tokenAttribution!.flat(), expected!.flat(), { absolute: 1e-4, relative: 0 }, scheme);
        if (scheme !== "token:0") continue;
        const captum = one.captum.featureAblation;
        assertClose(record.tokenAttribution!.flat(), captum.token.flat(), { absolute: 1e-4, relative: 0 }, "Captum");
        assertClose(record.sequenceAttribution, captum.sequence, { absolute: 2e-4, relative: 0 }, "Captum's sequence");
      }
    }));

  Deno.test(`embedded model, ${one.name}: WebGPU equals the f64 backend in log-probs and gradients`, async () => {
    const alphas = [0, 0.1, 0.5, 1];
    const sample = async (device: "webgpu" | "reference") => {
      const found: { score: Float64Array[]; gradient: Float64Array[]; tangent: Float64Array[] }[] = [];
      await withModel(device, async (model) => {
        const end = await model.embed(one.prompt);
        const mean = await model.meanEmbedding();
        const start = end.map((_, i) => mean[i % mean.length]);
        const path = await model.path({ start, end, targets: one.target });
        const { score, gradient, tangent } = await path.evaluate(alphas, { tangent: true, gradient: "sequence" });
        found.push({ score: [...score], gradient: [...gradient], tangent: [...tangent] });
      });
      return found[0];
    };
    const [gpu, reference] = [await sample("webgpu"), await sample("reference")];
    alphas.forEach((alpha, k) => {
      assertClose(gpu.score[k], reference.score[k], { absolute: 1e-4, relative: 0 }, `log-probs at ${alpha}`);
      assertClose(gpu.gradient[k], reference.gradient[k], { absolute: 1e-7, relative: 1e-3 }, `gradient at ${alpha}`);
      assertClose(gpu.tangent[k], reference.tangent[k], { absolute: 1e-7, relative: 1e-3 }, `tangent at ${alpha}`);
    });
  });

  Deno.test(`embedded model, ${one.name}: greedy generation equals transformers'`, () =>
    withModel("webgpu", async (model) => {
      const tokenizer = await model.tokenizer();
      const expected = one.generation.ids.filter((id) => !tokenizer.eosTokenIds.includes(id));
      assert.deepEqual(await model.generate(one.prompt, one.generation.ids.length), expected);
    }));

  Deno.test(`embedded model, ${one.name}: drawn tokens are those of the f64 reference, another seed's are others`, async () => {
    const draw = async (device: "webgpu" | "reference", seed: number) => {
      const found: number[][] = [];
      const options = { temperature: 3, topP: 0.95, repetitionPenalty: 1.2, seed };
      await withModel(device, async (model) => void found.push(await model.generate(one.prompt, 8, options)));
      return found[0];
    };
    const drawn = await draw("webgpu", 4);
    assert.deepEqual(drawn, await draw("reference", 4));
    assert.notDeepEqual(drawn, await draw("webgpu", 5));
  });

  Deno.test(`embedded model, ${one.name}: drawing from the likeliest token alone is greedy, and a stop text ends it`, () =>
    withModel("webgpu", async (model) => {
      const greedy = await model.generate(one.prompt, 10);
      assert.deepEqual(await model.generate(one.prompt, 10, { topK: 1, temperature: 5 }), greedy);
      const [first, second] = (await model.tokenizer()).describe(greedy);
      const pieces: string[] = [];
      const stop = [second.text];
      assert.deepEqual(await model.generate(one.prompt, 10, { stop, onText: (text) => pieces.push(text) }), [first.id]);
      assert.equal(pieces.join(""), first.text);
    }));

  Deno.test(`embedded model, ${one.name}: the rows of greedy steps are those that were asked for, however many ran ahead`, () =>
    withModel("webgpu", async (model) => {
      const steps = async (stop?: string[]) => {
        const before = model.meter.forwardRows;
        const ids = await model.generate(one.prompt, 10, { stop });
        return { ids, rows: model.meter.forwardRows - before - one.prompt.length };
      };
      const whole = await steps();
      // The prompt's pass makes the first token; one more step than tokens ends the text early, and none comes after
      // the tenth.
      assert.equal(whole.rows, Math.min(whole.ids.length, 9));
      const [, second] = (await model.tokenizer()).describe(whole.ids);
      assert.equal((await steps([second.text])).rows, 1);
    }));
}
