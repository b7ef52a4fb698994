import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { integrateFixed } from "../../src/attribution/integrated_gradients.ts";
import { occlude } from "../../src/perturbation/occlusion.ts";
import { variantOf } from "../../src/perturbation/prompt_variant.ts";
import { type Device, type LanguageModel, loadModel } from "../../src/model/model.ts";
import { assertClose } from "../support/closeness.ts";
import { lendModel } from "./lent_model.ts";
import { promptScorer } from "../support/prompt_scorer.ts";

/** See test/golden/README.md. */
interface Case {
  readonly name: string;
  readonly prompt: number[];
  readonly target: number[];
  readonly logProbs: { readonly f64: number[] };
  readonly inputGradient: number[][] | null;
  readonly paths: {
    readonly baseline: string;
    readonly frozen: number[];
    readonly alphas: number[];
    readonly phi: number[][];
    readonly slope: number[][];
    readonly gaussLegendre20: number[][];
  }[];
  readonly ablation: Record<string, number[][] | null>;
  readonly captum: {
    readonly integratedGradients: Record<string, { readonly token: number[][]; readonly sequence: number[] }>;
    readonly featureAblation: { readonly token: number[][]; readonly sequence: number[] };
  };
  readonly generation: { readonly ids: number[] };
}

const RULES = {
  "gausslegendre-20": ["gauss-legendre", 20],
  "gausslegendre-50": ["gauss-legendre", 50],
  "riemann_left-20": ["riemann-left", 20],
  "riemann_right-20": ["riemann-right", 20],
  "riemann_middle-20": ["riemann-middle", 20],
  "riemann_trapezoid-20": ["captum-trapezoid", 20],
} as const;

// Log-probs of size 10 in f32, and gradients relative to their largest; the f64 reference differs from PyTorch's f64 by
// the f32 table of rotations alone.
const TOLERANCES = {
  webgpu: { score: { absolute: 2e-5, relative: 0 }, gradient: { absolute: 1e-6, relative: 2e-4 } },
  cpu: { score: { absolute: 2e-5, relative: 0 }, gradient: { absolute: 1e-6, relative: 2e-4 } },
  reference: { score: { absolute: 3e-6, relative: 0 }, gradient: { absolute: 1e-7, relative: 2e-5 } },
} as const;

const DIRECTORY = fileURLToPath(new URL("../golden/awkward/", import.meta.url));
const readCases = (weights: string): Case[] =>
  JSON.parse(Deno.readTextFileSync(`${DIRECTORY}${weights}/expected.json`)).cases;

async function withModel(weights: string, device: Device, check: (model: LanguageModel, one: Case) => Promise<void>) {
  const model = await lendModel(`${DIRECTORY}${weights}`, { device });
  for (const one of readCases(weights)) await check(model, one);
}

async function baselineRows(model: LanguageModel, name: string, end: Float32Array, frozen: readonly number[] = []) {
  const D = model.config.hiddenSize;
  const row = name === "zero"
    ? new Float32Array(D)
    : name === "mean"
    ? await model.meanEmbedding()
    : await model.embed([Number(name.slice("token:".length))]);
  return end.map((value, i) => frozen.includes(Math.floor(i / D)) ? value : row[i % D]);
}

for (const device of ["webgpu", "cpu", "reference"] as const) {
  const tolerance = TOLERANCES[device];
  for (const weights of ["f32", "f16", "bf16", "nf4", "nf4dq"]) {
    Deno.test(`${weights} on ${device}: log-probs and derivatives along paths equal PyTorch's in f64`, () =>
      withModel(weights, device, async (model, one) => {
        const end = await model.embed(one.prompt);
        const [score] = await model.score([end], one.target);
        assertClose(score, one.logProbs.f64, tolerance.score, `${one.name} log-probs`);
        for (const { baseline, frozen, alphas, phi, slope } of one.paths) {
          const start = await baselineRows(model, baseline, end, frozen);
          const path = await model.path({ start, end, targets: one.target });
          const samples = await path.evaluate(alphas, { tangent: true, gradient: "token" });
          const L = one.prompt.length;
          alphas.forEach((alpha, k) => {
            const what = `${one.name} ${baseline} at ${alpha}`;
            assertClose(samples.score[k], phi[k], tolerance.score, `${what}: score`);
            assertClose(samples.tangent[k], slope[k], tolerance.gradient, `${what}: forward mode`);
            const sums = one.target.map((_, t) =>
              samples.gradient[k].slice(t * L, (t + 1) * L).reduce((a, b) => a + b, 0)
            );
            assertClose(sums, slope[k], tolerance.gradient, `${what}: reverse mode`);
          });
        }
      }));

    Deno.test(`${weights} on ${device}: token attributions equal PyTorch's in f64`, () =>
      withModel(weights, device, async (model, one) => {
        const end = await model.embed(one.prompt);
        for (const { baseline, frozen, gaussLegendre20 } of one.paths) {
          const start = await baselineRows(model, baseline, end, frozen);
          const path = await model.path({ start, end, targets: one.target });
          const { attribution } = await integrateFixed(path, "gauss-legendre", 20, "token");
          assertClose(attribution, gaussLegendre20.flat(), tolerance.gradient, `${one.name} ${baseline}`);
        }
      }));

    Deno.test(`${weights} on ${device}: ablation equals PyTorch's in f64`, () =>
      withModel(weights, device, async (model, one) => {
        const prompt = await model.embed(one.prompt);
        for (const [scheme, expected] of Object.entries(one.ablation)) {
          if (expected === null) continue;
          const row = scheme === "delete"
            ? null
            : (await baselineRows(model, scheme, prompt)).slice(0, model.config.hiddenSize);
          const scorer = await promptScorer(model, one, row ? { kind: "row", row } : { kind: "delete" });
          const { attribution } = await occlude(scorer);
          const twoScores = { absolute: 2 * tolerance.score.absolute, relative: 0 };
          assertClose(attribution, expected.flat(), twoScores, `${one.name} ${scheme}`);
        }
      }));

    Deno.test(`${weights} on ${device}: greedy generation equals transformers'`, () =>
      withModel(weights, device, async (model, one) => {
        assert.deepEqual(await model.generate(one.prompt, one.generation.ids.length), one.generation.ids);
      }));
  }
}

for (const weights of ["f32", "nf4"]) {
  Deno.test(`${weights}: integrated gradients and feature ablation equal Captum's, quirks included`, () =>
    withModel(weights, "cpu", async (model, one) => {
      const end = await model.embed(one.prompt);
      const start = await baselineRows(model, "token:0", end);
      const path = await model.path({ start, end, targets: one.target });
      // Captum ran in f32, so both sides carry rounding.
      const tolerance = { absolute: 1e-6, relative: 5e-4 };
      for (const [name, [rule, steps]] of Object.entries(RULES)) {
        const expected = one.captum.integratedGradients[name];
        const token = await integrateFixed(path, rule, steps, "token");
        assertClose(token.attribution, expected.token.flat(), tolerance, `${one.name} ${name} token`);
        const sequence = await integrateFixed(path, rule, steps, "sequence");
        assertClose(sequence.attribution, expected.sequence, tolerance, `${one.name} ${name} sequence`);
      }
      const row = start.slice(0, model.config.hiddenSize);
      const { attribution } = await occlude(await promptScorer(model, one, { kind: "row", row }));
      const ablation = { absolute: 5e-5, relative: 0 };
      assertClose(attribution, one.captum.featureAblation.token.flat(), ablation, `${one.name} ablation`);
    }));
}

for (const frozen of [[], [0, 1]]) {
  Deno.test(`results are bit-identical for every chunk size, with ${frozen.length} tokens frozen`, async () => {
    const [one] = readCases("nf4");
    const alphas = Array.from({ length: 23 }, (_, k) => k / 22);
    const results: Float64Array[][] = [];
    const bytes = new Set<number>();
    // Memory for one point a chunk, for a few, and for all.
    for (const memory of [2e5, 6e5, 2 ** 30]) {
      const model = await loadModel(`${DIRECTORY}nf4`, { device: "webgpu", memory });
      const end = await model.embed(one.prompt);
      const path = await model.path({
        start: await baselineRows(model, "zero", end, frozen),
        end,
        targets: one.target,
      });
      const { score, tangent, gradient } = await path.evaluate(alphas, { tangent: true, gradient: "sequence" });
      results.push([...score, ...tangent, ...gradient]);
      bytes.add(model.meter.predictedBytes);
      model.close();
    }
    assert.equal(bytes.size, 3, "three sizes of chunk");
    assert.deepEqual(results[1], results[0]);
    assert.deepEqual(results[2], results[0]);
  });
}

Deno.test("rows before the first that moves are computed once for all points, and counted once", () =>
  withModel("f32", "webgpu", async (model, { prompt, target }) => {
    const end = await model.embed(prompt);
    for (let P = 0; P <= prompt.length; P++) {
      const start = await baselineRows(model, "zero", end, prompt.map((_, i) => i).slice(0, P));
      const before = { ...model.meter };
      const path = await model.path({ start, end, targets: target });
      const { gradient } = await path.evaluate([0.25, 0.5, 1], { tangent: true, gradient: "sequence" });
      // The last row of the prompt predicts, so every point carries it.
      const shared = Math.min(P, prompt.length - 1);
      const own = 3 * (prompt.length + target.length - 1 - shared);
      assert.equal(model.meter.forwardRows - before.forwardRows, shared + 2 * own);
      assert.equal(model.meter.backwardRows - before.backwardRows, own);
      for (const values of gradient) {
        assert.equal(values.length, prompt.length);
        values.forEach((value, i) => assert.equal(value !== 0, i >= P, `row ${i} with ${P} frozen`));
      }
    }
  }));

for (const memory of [2 ** 30, 3e5]) {
  Deno.test(`prompts have the same bits alone and behind rows that they have in common, in ${memory} bytes`, async () => {
    const [{ prompt, target }] = readCases("nf4");
    const model = await loadModel(`${DIRECTORY}nf4`, { device: "webgpu", memory });
    try {
      const ids = Array.from({ length: 37 }, (_, i) => prompt[i % prompt.length]);
      const original = await model.embed(ids);
      const D = model.config.hiddenSize;
      const at = (i: number) => Math.floor(i / D);
      const replaced = ids.map((_, i) => original.map((value, k) => at(k) === i ? 0 : value));
      const deleted = ids.map((_, i) => original.filter((_, k) => at(k) !== i));
      const prompts = [...replaced, original, ...deleted];
      const before = model.meter.forwardRows;
      const together = await model.score(prompts, target, original);
      // By itself each would carry its rows from the first that differs on, the last of the prompt in any case.
      const own = (L: number) => ids.map((_, i) => L - Math.min(i, L - 1) + target.length - 1);
      const most = [37 + target.length - 1, ...own(37), ...own(36)].reduce((sum, count) => sum + count, 0);
      const rows = model.meter.forwardRows - before;
      assert.ok(rows <= most && rows > 0.9 * most, `${rows} of ${most} rows`);
      for (const [i, variant] of prompts.entries()) {
        assert.deepEqual((await model.score([variant], target))[0], together[i], `prompt ${i}`);
      }
      // Few enough to run beside the original.
      const few = [prompts[5], prompts[30], original, prompts[70], original];
      const expected = [5, 30, 37, 70, 37].map((i) => together[i]);
      assert.deepEqual(await model.score(few, target, original), expected);
    } finally {
      model.close();
    }
  });
}

Deno.test("prompts with gaps have the same bits alone and behind rows that they have in common, and share these", async () => {
  const [{ prompt, target }] = readCases("nf4");
  const model = await loadModel(`${DIRECTORY}nf4`, { device: "webgpu", memory: 3e5 });
  try {
    const ids = Array.from({ length: 37 }, (_, i) => prompt[i % prompt.length]);
    const original = await model.embed(ids);
    const gone = [[0], [3], [20], [3, 20], [20, 36], [36], [35, 36]];
    const prompts = (["delete-in-place", "mask-attention"] as const).flatMap((kind) =>
      gone.map((positions) => variantOf(original, model.config.hiddenSize, { kind }, (i) => positions.includes(i)))
    );
    const before = model.meter.forwardRows;
    const together = await model.score(prompts, target, original);
    const alone = prompts.reduce((sum, { positions }) => sum + positions.length + target.length - 1, 0);
    assert.ok(model.meter.forwardRows - before < 0.6 * alone);
    for (const [i, variant] of prompts.entries()) {
      assert.deepEqual((await model.score([variant], target))[0], together[i], `prompt ${i}`);
    }
    // A token that nobody attends to is as good as gone, but for the first target token after it.
    gone.forEach((positions, i) => {
      const [deleted, masked] = [together[i], together[i + gone.length]];
      if (!positions.includes(36)) return assert.deepEqual(masked, deleted, positions.join());
      assertClose(masked.subarray(1), deleted.subarray(1), TOLERANCES.webgpu.score, positions.join());
      assert.ok(Math.abs(masked[0] - deleted[0]) > 1e-3, positions.join());
    });
  } finally {
    model.close();
  }
});

Deno.test("a prompt whose positions do not ascend to the target's is refused", () =>
  withModel("f32", "reference", async (model, { prompt, target }) => {
    const embeddings = await model.embed([...prompt, prompt[0]]);
    const positions = Array.from({ length: prompt.length + 1 }, (_, i) => i);
    const whole = { embeddings, positions, next: positions.length, lastSeen: true };
    const wrong = [{ positions: positions.slice(1) }, { positions: positions.map(() => 1) }, { next: prompt.length }];
    for (const one of wrong) {
      await assert.rejects(model.score([{ ...whole, ...one }], target), /must ascend to the target's/);
    }
  }));

Deno.test("a prompt that cannot fit the memory is refused with what it takes", async () => {
  const [one] = readCases("nf4");
  const model = await loadModel(`${DIRECTORY}nf4`, { device: "webgpu", memory: 1000 });
  try {
    const prompt = await model.embed(one.prompt);
    await assert.rejects(model.score([prompt], one.target), /must fit 1000 bytes .*: it takes \d+ bytes/);
  } finally {
    model.close();
  }
});
