import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openCheckpoint } from "../../../src/checkpoint/open_checkpoint.ts";
import { createWebGpuExecutor } from "../../../src/graph/webgpu_executor.ts";
import { parseConfig } from "../../../src/model/load/model_config.ts";
import { assembleModel } from "../../../src/model/assemble_model.ts";
import type { LanguageModel } from "../../../src/model/model.ts";
import { createModelRuntime } from "../../../src/model/run/model_runtime.ts";
import { loadWeights } from "../../../src/model/load/load_weights.ts";
import { DEFAULT_TUNING } from "../../../src/ops/kernel_choice.ts";
import { assertClose } from "../../support/closeness.ts";

const DIRECTORY = fileURLToPath(new URL("../../golden/awkward/", import.meta.url));

/** 64 rows of 70 f32 take 17,920 bytes: the head [203, 70] takes four bindings, qkv [90, 70] two. */
const BINDING = 18_000;

/** The model of a directory on an adapter that binds no more than so many bytes. */
async function withLimit(weights: string, bytes: number, check: (model: LanguageModel) => Promise<void>) {
  const checkpoint = await openCheckpoint(`${DIRECTORY}${weights}`);
  const config = parseConfig(checkpoint.config, checkpoint.path);
  const limits = { maxStorageBufferBindingSize: bytes };
  const executor = await createWebGpuExecutor(() => DEFAULT_TUNING, limits);
  assert.equal(executor.maxValueBytes, bytes);
  try {
    const loaded = await loadWeights(checkpoint, config, executor, "none");
    const runtime = createModelRuntime(checkpoint, config, executor);
    await check(assembleModel(checkpoint, runtime, { ...loaded, id: weights, fingerprint: "", identity: "" }));
  } finally {
    executor.close();
    checkpoint.close();
  }
}

for (const weights of ["f32", "bf16", "nf4"]) {
  Deno.test(`${weights}: weights beyond a binding's limit are sliced, and the model computes the same`, async () => {
    const { cases } = JSON.parse(await Deno.readTextFile(`${DIRECTORY}${weights}/expected.json`));
    await withLimit(weights, BINDING, async (model) => {
      for (const one of cases) {
        const end = await model.embed(one.prompt);
        const [score] = await model.score([end], one.target);
        assertClose(score, one.logProbs.f64, { absolute: 2e-5, relative: 0 }, `${one.name} log-probs`);
        const { baseline, alphas, phi, slope } = one.paths.find((path: { baseline: string }) =>
          path.baseline === "zero"
        );
        assert.equal(baseline, "zero");
        const path = await model.path({ start: new Float32Array(end.length), end, targets: one.target });
        const samples = await path.evaluate(alphas, { tangent: true, gradient: "token" });
        alphas.forEach((alpha: number, k: number) => {
          const what = `${one.name} at ${alpha}`;
          assertClose(samples.score[k], phi[k], { absolute: 2e-5, relative: 0 }, `${what}: score`);
          assertClose(samples.tangent[k], slope[k], { absolute: 1e-6, relative: 2e-4 }, `${what}: forward mode`);
          const L = one.prompt.length;
          const sums = one.target.map((_: number, t: number) =>
            samples.gradient[k].slice(t * L, (t + 1) * L).reduce((a: number, b: number) => a + b, 0)
          );
          assertClose(sums, slope[k], { absolute: 1e-6, relative: 2e-4 }, `${what}: reverse mode`);
        });
        assert.deepEqual(await model.generate(one.prompt, one.generation.ids.length), one.generation.ids);
      }
    });
  });
}

Deno.test("a binding's limit that not even 64 rows of a weight fit is refused with the weight's name", () =>
  assert.rejects(
    withLimit("f32", 17_000, () => Promise.resolve()),
    /Cannot allocate .*layers\.0\.\w+: it takes 17920 bytes/,
  ));
