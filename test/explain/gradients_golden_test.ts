import { fileURLToPath } from "node:url";
import { integrateFixed } from "../../src/attribution/integrated_gradients.ts";
import { joinIntegrals } from "../../src/attribution/joined_integral.ts";
import { inputXGradient, saliency } from "../../src/attribution/local_gradients.ts";
import type { PathFunction } from "../../src/attribution/path_function.ts";
import type { Device, LanguageModel } from "../../src/model/model.ts";
import golden from "../golden/gradients/expected.json" with { type: "json" };
import { assertClose } from "../support/closeness.ts";
import { lendModel } from "../model/lent_model.ts";

/** Values that `test/golden/gradients/generate.py` writes for one prompt and target, layers by number. */
interface Case {
  readonly name: string;
  readonly prompt: number[];
  readonly target: number[];
  readonly saliency: Record<
    string,
    Record<"sum" | "l1" | "l2", { readonly token: number[][]; readonly sequence: number[] }>
  >;
  readonly inputXGradient: Record<string, number[][]>;
  readonly layerIntegratedGradients: Record<string, number[][]>;
  readonly interpolatedPrefix: { readonly baseline: string; readonly layer: number; readonly token: number[][] }[];
  readonly sequential: Record<string, number[][]>;
}

const DIRECTORIES = {
  "awkward/f32": fileURLToPath(new URL("../golden/awkward/f32", import.meta.url)),
  biography: fileURLToPath(new URL("../../experiments/models/biography", import.meta.url)),
};
const CASES: Record<keyof typeof DIRECTORIES, readonly Case[]> = golden.cases;

// PyTorch in f64 against f32 on the adapter, relative to the largest; the f64 reference differs by the table of
// rotations.
const TOLERANCES = {
  webgpu: { absolute: 1e-6, relative: 5e-4 },
  cpu: { absolute: 1e-6, relative: 5e-4 },
  reference: { absolute: 1e-7, relative: 2e-5 },
} as const;

async function withCases(
  name: keyof typeof DIRECTORIES,
  device: Device,
  check: (model: LanguageModel, one: Case) => Promise<void>,
): Promise<void> {
  const model = await lendModel(DIRECTORIES[name], { device });
  for (const one of CASES[name]) await check(model, one);
}

async function rowOf(model: LanguageModel, baseline: string): Promise<Float32Array> {
  return baseline === "mean"
    ? await model.meanEmbedding()
    : await model.embed([Number(baseline.slice("token:".length))]);
}

const repeated = (row: Float32Array, times: number) =>
  Float32Array.from({ length: times * row.length }, (_, i) => row[i % row.length]);

const integrate = async (path: PathFunction) =>
  (await integrateFixed(path, "gauss-legendre", golden.steps, "token")).attribution;

const RUNS = [
  ["awkward/f32", "webgpu"],
  ["awkward/f32", "cpu"],
  ["awkward/f32", "reference"],
  ["biography", "webgpu"],
  ["biography", "cpu"],
] as const;
for (const [name, device] of RUNS) {
  const tolerance = TOLERANCES[device];

  Deno.test(`${name} on ${device}: gradients at the prompt equal Captum's at every layer`, () =>
    withCases(name, device, async (model, one) => {
      const prompt = await model.embed(one.prompt);
      for (const [layer, norms] of Object.entries(one.saliency)) {
        const points = await model.points({ prompt, targets: one.target, layer: Number(layer) });
        for (const norm of ["sum", "l1", "l2"] as const) {
          const { sequence, matrix } = await saliency(points, norm, true);
          assertClose(matrix!, norms[norm].token.flat(), tolerance, `${one.name} ${norm} at ${layer}`);
          assertClose(sequence, norms[norm].sequence, tolerance, `${one.name} ${norm} at ${layer}: sequence`);
        }
        const expected = one.inputXGradient[layer];
        const { attribution } = await inputXGradient(points, one.prompt.map(() => true), "token");
        assertClose(attribution, expected.flat(), tolerance, `${one.name} input × gradient at ${layer}`);
      }
    }));

  Deno.test(`${name} on ${device}: integrated gradients of what a block reads equal Captum's`, () =>
    withCases(name, device, async (model, one) => {
      const end = await model.embed(one.prompt);
      const start = repeated(await rowOf(model, "token:0"), one.prompt.length);
      for (const [layer, expected] of Object.entries(one.layerIntegratedGradients)) {
        const path = await model.path({ start, end, targets: one.target, layer: Number(layer) });
        assertClose(await integrate(path), expected.flat(), tolerance, `${one.name} at ${layer}`);
      }
    }));

  Deno.test(`${name} on ${device}: a path that moves the target's prefix equals PyTorch's`, () =>
    withCases(name, device, async (model, one) => {
      const end = await model.embed(one.prompt);
      for (const { baseline, layer, token } of one.interpolatedPrefix) {
        const row = await rowOf(model, baseline);
        const start = repeated(row, one.prompt.length);
        const prefix = repeated(row, one.target.length - 1);
        const path = await model.path({ start, end, targets: one.target, prefix, layer });
        assertClose(await integrate(path), token.flat(), tolerance, `${one.name} ${baseline} at ${layer}`);
      }
    }));
}

Deno.test("paths of single tokens equal PyTorch's", () =>
  withCases("awkward/f32", "reference", async (model, one) => {
    const end = await model.embed(one.prompt);
    const D = model.config.hiddenSize;
    for (const [baseline, token] of Object.entries(one.sequential)) {
      const row = await rowOf(model, baseline);
      const integrals = [];
      for (const i of one.prompt.keys()) {
        const start = end.slice();
        start.set(row, i * D);
        const path = await model.path({ start, end, targets: one.target });
        integrals.push(await integrateFixed(path, "gauss-legendre", golden.steps, "token"));
      }
      assertClose(
        joinIntegrals(integrals, 1).attribution,
        token.flat(),
        TOLERANCES.reference,
        `${one.name} ${baseline}`,
      );
    }
  }));
