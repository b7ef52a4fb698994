import assert from "node:assert/strict";
import { integrateAdaptively } from "../../src/attribution/adaptive.ts";
import type { PathFunction } from "../../src/attribution/path_function.ts";
import { distance } from "../../src/statistics/sums.ts";
import { type LanguageModel, loadModel } from "../../src/model/model.ts";
import { randomValues } from "../support/random.ts";
import { randomModel, SMALL } from "../support/random_model.ts";

/**
 * Distance of estimates from a run of a tenth of the tolerance, as a share of the estimate; at most 1 if they are
 * bounds.
 */
interface Ratios {
  readonly name: string;
  /** L1 error of the attribution, over κ times the gap. */
  readonly certificate: number;
  /** Error of each entry, over its estimate. */
  readonly entries: readonly number[];
}

// Issue 5: within the estimate in at least 95 % of cases and never above three times.
const LEAST_WITHIN = 0.95;
const MOST = 3;

async function compare(
  name: string,
  path: PathFunction,
  gradient: "sequence" | "token",
  tolerance: number,
): Promise<Ratios> {
  const run = (tolerance: number) => integrateAdaptively(path, { tolerance, budget: 3000, gradient });
  const [coarse, fine] = [await run(tolerance), await run(tolerance / 10)];
  const { certificate, entryError } = coarse.certified!;
  assert.ok(coarse.certified!.met && fine.certified!.met, name);
  const gap = distance(coarse.input, coarse.baseline);
  return {
    name,
    certificate: distance(coarse.attribution, fine.attribution) / (certificate! * gap),
    entries: [...entryError].map((estimate, i) => Math.abs(coarse.attribution[i] - fine.attribution[i]) / estimate),
  };
}

function assertHonest(what: string, ratios: readonly { readonly name: string; readonly ratio: number }[]): void {
  const within = ratios.filter(({ ratio }) => ratio <= 1).length / ratios.length;
  const worst = ratios.reduce((top, one) => one.ratio > top.ratio ? one : top);
  assert.ok(within >= LEAST_WITHIN, `${what}: only ${within} of ${ratios.length} within`);
  assert.ok(worst.ratio <= MOST, `${what}: ${worst.ratio} times in ${worst.name}`);
}

/** Random ids of a small vocabulary. */
function randomIds(count: number, seed: number): number[] {
  return [...randomValues(count, seed)].map((x) => Math.floor((x + 1) / 2 * SMALL.vocabularySize));
}

/** A random prompt of a random model from one of four baselines; paths of large gains are rugged. */
async function randomCase(seed: number): Promise<Ratios> {
  const gain = [1, 1.5, 2, 3][seed % 4];
  const baseline = ["zero", "mean", "token", "text"][Math.floor(seed / 4) % 4];
  const model = await randomModel(seed, gain);
  const L = 4 + seed % 3;
  const end = await model.embed(randomIds(L, 1000 + seed));
  const row = baseline === "zero"
    ? new Float32Array(SMALL.hiddenSize)
    : baseline === "mean"
    ? await model.meanEmbedding()
    : await model.embed([0]);
  const start = baseline === "text"
    ? await model.embed(randomIds(L, 2000 + seed))
    : end.map((_, i) => row[i % SMALL.hiddenSize]);
  const path = await model.path({ start, end, targets: randomIds(1 + seed % 4, 3000 + seed) });
  const gradient = seed % 3 === 0 ? "token" : "sequence";
  const tolerance = seed % 5 === 0 ? 0.05 : 0.01;
  const ratios = await compare(`random model ${seed} from ${baseline}`, path, gradient, tolerance);
  model.close();
  return ratios;
}

Deno.test("κ and the entries' errors are honest for 60 random models and paths", async () => {
  const cases: Ratios[] = [];
  for (let seed = 0; seed < 60; seed++) cases.push(await randomCase(seed));
  assertHonest("certificate", cases.map(({ name, certificate }) => ({ name, ratio: certificate })));
  assertHonest("entries", cases.flatMap(({ name, entries }) => entries.map((ratio) => ({ name, ratio }))));
  const all = cases.flatMap(({ entries }) => entries).sort((a, b) => a - b);
  const median = all[Math.floor(all.length / 2)];
  assert.ok(median > 0.03, `the median error is ${median} of its estimate: too loose to be of use`);
});

/** A text of the embedded model's kind, from a baseline, with every token moving. */
async function embeddedCase(model: LanguageModel, prompt: string, target: string, baseline: string): Promise<Ratios> {
  const tokenizer = await model.tokenizer();
  const end = await model.embed((await tokenizer.encodePrompt(prompt)).tokens.map(({ id }) => id));
  const row = baseline === "mean"
    ? await model.meanEmbedding()
    : await model.embed([await tokenizer.tokenId(baseline)]);
  const start = end.map((_, i) => row[i % row.length]);
  const path = await model.path({ start, end, targets: await tokenizer.encodeTarget(target) });
  return await compare(`${prompt}…${target} from ${baseline}`, path, "sequence", 0.01);
}

Deno.test("κ and the entries' errors are honest for the embedded model", async () => {
  const model = await loadModel();
  const cases = [
    await embeddedCase(model, "Michael works as a nurse in Denver. In his free time, he enjoys", " skiing.", "mean"),
    await embeddedCase(model, "Ruth works as a chef in Boston. On weekends, she likes", " rowing.", "0"),
  ];
  model.close();
  for (const { name, certificate, entries } of cases) {
    assert.ok(certificate <= MOST, `${name}: ${certificate}`);
    assert.ok(entries.every((ratio) => ratio <= MOST), `${name}: ${entries}`);
  }
});
