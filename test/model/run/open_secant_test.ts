import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { integrateFixed } from "../../../src/attribution/integrated_gradients.ts";
import { attributeBySecants } from "../../../src/attribution/secant.ts";
import type { HeadObjective } from "../../../src/model/graphs/head.ts";
import { type Device, type LanguageModel, loadModel } from "../../../src/model/model.ts";
import { assertClose } from "../../support/closeness.ts";
import { randomModel } from "../../support/random_model.ts";
import { randomValues } from "../../support/random.ts";

const MODELS = ["llama3", "llama_dynamic", "qwen2_yarn", "qwen3", "qwen3_nf4", "mistral", "gemma2", "gemma3"];

const pathOf = (name: string) => fileURLToPath(new URL(`../../golden/architectures/${name}`, import.meta.url));
const caseOf = (name: string): { readonly prompt: number[]; readonly target: number[] } =>
  JSON.parse(Deno.readTextFileSync(`${pathOf(name)}/expected.json`));

async function withModel(name: string, device: Device, check: (model: LanguageModel) => Promise<void>): Promise<void> {
  const model = await loadModel(pathOf(name), { device, cache: "off" });
  try {
    await check(model);
  } finally {
    model.close();
  }
}

/** A prompt whose first row both ends share, and its baseline. */
async function endsOf(model: LanguageModel, prompt: readonly number[]) {
  const end = await model.embed(prompt);
  const D = model.config.hiddenSize;
  const mean = await model.meanEmbedding();
  return { end, start: end.map((value, i) => i < D ? value : mean[i % D]) };
}

/** The objectives that the head computes. */
function objectives(model: LanguageModel, targets: readonly number[]): HeadObjective[] {
  const V = model.config.vocabularySize;
  return [
    { kind: "log-prob" },
    { kind: "prob" },
    { kind: "logit" },
    { kind: "entropy" },
    { kind: "margin", pairs: targets.map((id, t) => [id, (id + t + 1) % V] as const) },
    { kind: "kl", reference: randomValues(targets.length * V, 5) },
  ];
}

for (const name of MODELS) {
  Deno.test(`secants of ${name} sum to the change of each target's score in f64`, () =>
    withModel(name, "reference", async (model) => {
      const { prompt, target: targets } = caseOf(name);
      for (const objective of objectives(model, targets)) {
        for (const ordered of [false, true]) {
          const ends = await endsOf(model, prompt);
          const secant = await model.secant({ ...ends, targets, objective, ordered });
          const { total, input, baseline, attribution } = await attributeBySecants(secant, 1, "token");
          const changes = input.map((value, t) => value - baseline[t]);
          assertClose(total!, changes, { absolute: 1e-11, relative: 1e-10 }, objective.kind);
          assert.ok(changes.every((change) => Math.abs(change) > 1e-6), `${objective.kind} changes`);
          assert.ok(attribution.every((value, i) => i % prompt.length > 0 || value === 0), "the first row stays");
        }
      }
    }));
}

for (const device of ["cpu", "webgpu"] as const) {
  for (const [name, kind, layer] of [["qwen3", "log-prob", 0], ["gemma2", "kl", 1]] as const) {
    Deno.test(`secants of ${name}, ${kind} from layer ${layer}, on ${device} are those of the f64 reference`, async () => {
      const { prompt, target: targets } = caseOf(name);
      const found: Float64Array[][] = [];
      for (const one of ["reference", device] as const) {
        await withModel(name, one, async (model) => {
          const objective = objectives(model, targets).find((head) => head.kind === kind);
          const secant = await model.secant({
            ...await endsOf(model, prompt),
            targets,
            objective,
            layer,
            ordered: false,
          });
          const { attribution, total, input, baseline } = await attributeBySecants(secant, 3, "token");
          found.push([attribution, total!, input, baseline]);
        });
      }
      const [exact, actual] = found;
      // f32 through three layers; the f64 reference's rotations are rounded alike.
      actual.forEach((values, i) => assertClose(values, exact[i], { absolute: 2e-5, relative: 2e-4 }, `${i}`));
    });
  }
}

Deno.test("secants of more and more parts tend to integrated gradients, by the square of their number", async () => {
  const model = await randomModel(3, 1);
  const [prompt, targets] = [[3, 17, 8, 30], [5, 9]];
  const { start, end } = await endsOf(model, prompt);
  // Near enough that the error is all but its first term.
  const ends = { start: start.map((value, i) => (value + 3 * end[i]) / 4), end };
  const secant = await model.secant({ ...ends, targets, ordered: false });
  const integral = await integrateFixed(await model.path({ ...ends, targets }), "gauss-legendre", 40, "token");
  const errors: number[] = [];
  for (const steps of [4, 8, 16]) {
    const { attribution } = await attributeBySecants(secant, steps, "token");
    errors.push(attribution.reduce((worst, value, i) => Math.max(worst, Math.abs(value - integral.attribution[i])), 0));
  }
  assert.ok(errors[0] > 1e-6, `${errors}`);
  for (const [k, error] of errors.slice(1).entries()) {
    assert.ok(errors[k] / error > 3.3 && errors[k] / error < 4.7, `${errors}`);
  }
  model.close();
});

Deno.test("a secant between near inputs is the gradient times their difference, target by target", async () => {
  const model = await randomModel(4, 1);
  const [prompt, targets] = [[3, 17, 8, 30, 2], [5, 9, 11]];
  const end = await model.embed(prompt);
  const step = randomValues(end.length, 6);
  const [near, nearer] = [2 ** -8, 2 ** -12].map((size) => end.map((value, i) => value + size * step[i]));
  const errorAt = async (start: Float32Array) => {
    const found = await (await model.secant({ start, end, targets, ordered: false })).evaluate([[0, 1]], "token");
    const [gradient] = (await (await model.path({ start, end, targets })).evaluate([1], {
      tangent: false,
      gradient: "token",
    })).gradient;
    const largest = gradient.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
    return found.shares[0].reduce((top, value, i) => Math.max(top, Math.abs(value - gradient[i])), 0) / largest;
  };
  const [far, close] = [await errorAt(near), await errorAt(nearer)];
  assert.ok(close < 1e-3 && far / close > 8, `${far} and ${close}`);
  model.close();
});

Deno.test("parts of a path have the same bits alone and with others", async () => {
  const model = await loadModel(pathOf("qwen3"), { device: "webgpu", cache: "off" });
  const { prompt, target: targets } = caseOf("qwen3");
  const secant = await model.secant({ ...await endsOf(model, prompt), targets, ordered: false });
  const parts = [[0, 0.25], [0.25, 0.75], [0.75, 1]] as const;
  const together = await secant.evaluate(parts, "token");
  for (const [k, part] of parts.entries()) {
    const { shares, start, end } = await secant.evaluate([part], "token");
    assert.deepEqual([shares[0], start[0], end[0]], [together.shares[k], together.start[k], together.end[k]]);
  }
  model.close();
});
