import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Replacement, variantOf } from "../../../src/perturbation/prompt_variant.ts";
import type { LanguageModel, LoadOptions } from "../../../src/model/model.ts";
import { rehearseModel } from "../../../src/model/rehearse_model.ts";
import { assertClose } from "../../support/closeness.ts";
import { lendModel } from "../lent_model.ts";
import { randomValues } from "../../support/random.ts";

/** See test/golden/README.md. */
interface Expected {
  readonly prompt: number[];
  readonly target: number[];
  readonly logProbs: number[];
  readonly inputGradient: number[][];
  readonly path: {
    readonly alpha: number;
    readonly phi: number[];
    readonly slope: number[];
    readonly token: number[][];
  };
  readonly ablation: {
    readonly zero: number[][];
    readonly delete: number[][];
    readonly deleteInPlace: number[][];
  };
  readonly generation: { readonly ids: number[]; readonly margin: number[] };
}

const MODELS = ["llama3", "llama_dynamic", "qwen2_yarn", "qwen3", "qwen3_nf4", "mistral", "gemma2", "gemma3"];
const WITH_GGUF = ["llama3", "qwen3", "mistral", "gemma2", "gemma3"];
const WINDOWED = ["qwen2_yarn", "mistral", "gemma2", "gemma3"];

// As test/model/awkward_test.ts: f32; and the f64 reference's rotations, norm weights and embeddings rounded to f32.
const TOLERANCES = {
  webgpu: { score: { absolute: 2e-5, relative: 0 }, gradient: { absolute: 1e-6, relative: 2e-4 } },
  cpu: { score: { absolute: 2e-5, relative: 0 }, gradient: { absolute: 1e-6, relative: 2e-4 } },
  reference: { score: { absolute: 3e-6, relative: 0 }, gradient: { absolute: 1e-7, relative: 2e-5 } },
} as const;

const pathOf = (name: string) => fileURLToPath(new URL(`../../golden/architectures/${name}`, import.meta.url));
const expectedOf = (name: string): Expected => JSON.parse(Deno.readTextFileSync(`${pathOf(name)}/expected.json`));

async function withModel<T>(
  path: string,
  options: LoadOptions,
  check: (model: LanguageModel) => Promise<T>,
): Promise<T> {
  return await check(await lendModel(path, options));
}

const zeros = (values: Float32Array) => values.map(() => 0);

for (const device of ["webgpu", "cpu", "reference"] as const) {
  const tolerance = TOLERANCES[device];
  for (const name of MODELS) {
    Deno.test(`${name} on ${device}: log-probs, derivatives, ablations and generation equal transformers'`, () =>
      withModel(pathOf(name), { device }, async (model) => {
        const { prompt, target, logProbs, inputGradient, path, ablation, generation } = expectedOf(name);
        const end = await model.embed(prompt);
        const [score] = await model.score([end], target);
        assertClose(score, logProbs, tolerance.score, "log-probs");
        await assertGradient(model, end, target, inputGradient, tolerance.gradient);
        const walk = await model.path({ start: zeros(end), end, targets: target });
        const found = await walk.evaluate([path.alpha], { tangent: true, gradient: "token" });
        assertClose(found.score[0], path.phi, tolerance.score, "log-probs on the path");
        assertClose(found.tangent[0], path.slope, tolerance.gradient, "slopes");
        assertClose(found.gradient[0], path.token.flat(), tolerance.gradient, "shares of tokens");
        const zero: Replacement = { kind: "row", row: new Float32Array(model.config.hiddenSize) };
        const schemes = [
          ["zero", zero, ablation.zero],
          ["deletion", { kind: "delete" }, ablation.delete],
          ["deletion in place", { kind: "delete-in-place" }, ablation.deleteInPlace],
          ["masking", { kind: "mask-attention" }, ablation.deleteInPlace],
        ] as const;
        for (const [what, replacement, expected] of schemes) {
          const variants = expected[0].map((_, i) =>
            variantOf(end, model.config.hiddenSize, replacement, (position) => position === i)
          );
          const without = await model.score(variants, target, end);
          const twoScores = { absolute: 2 * tolerance.score.absolute, relative: 0 };
          const found = target.flatMap((_, t) => without.map((scores) => score[t] - scores[t]));
          assertClose(found, expected.flat(), twoScores, `ablation by ${what}`);
        }
        assert.ok(generation.margin.every((lead) => lead > 1e-3), "no near tie");
        assert.deepEqual(await model.generate(prompt, generation.ids.length), generation.ids);
      }));
  }
}

/** The gradient at the prompt's embeddings along random directions, each row's by itself. */
async function assertGradient(
  model: LanguageModel,
  end: Float32Array,
  target: readonly number[],
  expected: readonly number[][],
  tolerance: { readonly absolute: number; readonly relative: number },
): Promise<void> {
  const D = model.config.hiddenSize;
  for (const seed of [1, 2, 3]) {
    // The difference in f32 is what the path goes along.
    const start = end.map((value, i) => value - randomValues(end.length, seed)[i]);
    const walk = await model.path({ start, end, targets: target });
    const { gradient } = await walk.evaluate([1], { tangent: false, gradient: "sequence" });
    const along = Array.from(
      { length: end.length / D },
      (_, row) =>
        expected[row].reduce((sum, slope, d) => sum + slope * Math.fround(end[row * D + d] - start[row * D + d]), 0),
    );
    assertClose(gradient[0], along, tolerance, `gradient along direction ${seed}`);
  }
}

for (const name of WITH_GGUF) {
  Deno.test(`${name}: a GGUF file gives the log-probs and the tokens of the directory`, async () => {
    const { prompt, target, logProbs, generation } = expectedOf(name);
    const run = (path: string) =>
      withModel(path, { device: "webgpu" }, async (model) => ({
        config: model.config,
        score: (await model.score([await model.embed(prompt)], target))[0],
        ids: await model.generate(prompt, generation.ids.length),
        parameters: model.parameters,
      }));
    const [directory, file] = [await run(pathOf(name)), await run(`${pathOf(name)}/model.gguf`)];
    assertClose(file.score, logProbs, TOLERANCES.webgpu.score);
    assert.deepEqual(file.ids, directory.ids);
    assert.equal(file.parameters, directory.parameters);
    // Llama 3's rule comes as f32 divisors, and ε as f32; the rest is the same to the bit.
    const { rope, rmsNormEpsilon, ...rest } = file.config;
    const { rope: _rope, rmsNormEpsilon: _epsilon, ...expected } = directory.config;
    assert.deepEqual(rest, expected);
    assert.equal(rmsNormEpsilon, Math.fround(directory.config.rmsNormEpsilon));
    if (name === "llama3") assert.equal(rope[0].scaling.kind, "divisors");
    else {
      assert.deepEqual(rope, directory.config.rope);
      assert.deepEqual(file.score, directory.score);
    }
  });
}

for (const name of ["qwen3", "gemma3"]) {
  Deno.test(`${name} quantized to NF4 at load: WebGPU equals the reference`, async () => {
    const { prompt, target } = expectedOf(name);
    const run = (device: "webgpu" | "reference") =>
      withModel(pathOf(name), { device, quantize: "nf4" }, async (model) => {
        assert.equal(model.quantization, "nf4 at load from bf16");
        const end = await model.embed(prompt);
        const walk = await model.path({ start: zeros(end), end, targets: target });
        return await walk.evaluate([0.3, 1], { tangent: true, gradient: "sequence" });
      });
    const [actual, expected] = [await run("webgpu"), await run("reference")];
    for (const k of [0, 1]) {
      assertClose(actual.score[k], expected.score[k], TOLERANCES.webgpu.score, "score");
      assertClose(actual.tangent[k], expected.tangent[k], TOLERANCES.webgpu.gradient, "tangent");
      assertClose(actual.gradient[k], expected.gradient[k], TOLERANCES.webgpu.gradient, "gradient");
    }
  });

  Deno.test(`${name}: results are bit-identical for every chunk size and recomputation, and foreseen`, async () => {
    const { prompt, target } = expectedOf(name);
    const alphas = Array.from({ length: 7 }, (_, k) => k / 6);
    const results: Float64Array[][] = [];
    const bytes = new Set<number>();
    for (const memory of [2e5, 2 ** 30]) {
      const options = { device: "webgpu", memory } as const;
      const evaluate = async (model: LanguageModel) => {
        const end = await model.embed(prompt);
        const start = end.map((value, i) => i < 2 * model.config.hiddenSize ? value : 0);
        const walk = await model.path({ start, end, targets: target });
        return await walk.evaluate(alphas, { tangent: true, gradient: "token" });
      };
      await withModel(pathOf(name), options, async (model) => {
        const { score, tangent, gradient } = await evaluate(model);
        results.push([...score, ...tangent, ...gradient]);
        bytes.add(model.meter.predictedBytes);
        const rehearsal = await rehearseModel(pathOf(name), options);
        await evaluate(rehearsal.model);
        for (const key of ["forwardRows", "backwardRows", "predictedBytes"] as const) {
          assert.equal(rehearsal.model.meter[key], model.meter[key], key);
        }
        rehearsal.model.close();
      });
    }
    assert.equal(bytes.size, 2, "two sizes of chunk");
    assert.deepEqual(results[1], results[0]);
  });
}

for (const name of WINDOWED) {
  Deno.test(`${name}: prompts within and beyond the window have the same bits alone and together`, () =>
    withModel(pathOf(name), { device: "webgpu" }, async (model) => {
      const { prompt, target } = expectedOf(name);
      const long = await model.embed(Array.from({ length: 45 }, (_, i) => prompt[i % prompt.length]));
      const D = model.config.hiddenSize;
      const window = Math.max(...model.config.layerKinds.map(({ window }) => window ?? 0));
      const prompts = [long, long.slice(0, 2 * D), long.map((value, i) => Math.floor(i / D) === 30 ? 0 : value)];
      assert.ok(2 + target.length - 1 <= window && window < 45);
      const together = await model.score(prompts, target, long);
      for (const [i, one] of prompts.entries()) {
        assert.deepEqual((await model.score([one], target))[0], together[i], `prompt ${i}`);
      }
    }));
}
