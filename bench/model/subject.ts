import assert from "node:assert/strict";
import { EMBEDDED } from "../../src/model/load/embedded.ts";
import { type LanguageModel, loadModel, type LoadOptions } from "../../src/model/model.ts";
import { SMOLLM2_GGUF } from "../../test/weights/fetch.ts";
import type { MeasuredDevice } from "../device.ts";

/** Text on which models, attributions and peers are timed: the example of the work that Whence reproduces. */
export const EXAMPLE = {
  prompt: "Michael works as a software engineer in Austin, Texas. In his free time, he enjoys",
  target: " painting, traveling to different countries, and volunteering at community events.",
} as const;

/** A model that is timed: SmolLM2-135M if `deno task weights` has put it there, else the embedded one. */
interface Subject {
  readonly name: string;
  readonly source: string;
  readonly options: LoadOptions & { readonly device: MeasuredDevice };
  /** Values of the example in test/golden, from PyTorch and Captum; null for the embedded model. */
  readonly golden: Golden | null;
}

/** The part of test/golden/smollm2/expected.json that benches check against. */
export interface Golden {
  readonly prompt: number[];
  readonly target: number[];
  readonly logProbs: { readonly f64: number[] };
  readonly integratedGradients: { readonly path: { readonly gaussLegendre50: number[][] } };
  readonly ablation: { readonly "token:0": number[][] };
  readonly converged: { readonly sequence: number[]; readonly certificate: number };
  readonly generation: { readonly ids: number[] };
}

const GOLDEN = new URL("../../test/golden/smollm2/expected.json", import.meta.url);

/** Finds the subject of this machine. */
export function subject(device: MeasuredDevice): Subject {
  if (exists(SMOLLM2_GGUF)) {
    const golden: Golden = JSON.parse(Deno.readTextFileSync(GOLDEN));
    return {
      name: "SmolLM2-135M NF4",
      source: SMOLLM2_GGUF,
      options: { device, quantize: "nf4" },
      golden,
    };
  }
  return { name: "embedded model", source: EMBEDDED, options: { device }, golden: null };
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A loaded subject with the example's ids, its log-probs checked. */
export interface Opened {
  readonly model: LanguageModel;
  readonly prompt: readonly number[];
  readonly target: readonly number[];
}

/** Loads the subject and checks the example's log-probs against PyTorch's in f64, or our own f64 reference's. */
export async function openSubject({ source, options, golden }: Subject): Promise<Opened> {
  const model = await loadModel(source, options);
  const tokenizer = await model.tokenizer();
  const prompt = (await tokenizer.encodePrompt(EXAMPLE.prompt)).tokens.map(({ id }) => id);
  const target = await tokenizer.encodeTarget(EXAMPLE.target);
  const [score] = await model.score([await model.embed(prompt)], target);
  assertNear(score, golden?.logProbs.f64 ?? await referenceScore(source, prompt, target), 5e-4, "log-probs");
  return { model, prompt, target };
}

async function referenceScore(source: string, prompt: readonly number[], target: readonly number[]) {
  const reference = await loadModel(source, { device: "reference" });
  const [score] = await reference.score([await reference.embed(prompt)], target);
  reference.close();
  return score;
}

/** @throws {AssertionError} if an element differs by more than `tolerance` from the expected one */
export function assertNear(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string) {
  assert.equal(actual.length, expected.length, what);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    assert.ok(error <= tolerance, `${what}[${i}] must be ${expected[i]}: got ${actual[i]}`);
  }
}
