/**
 * Mistakes of a user that do not compile: `deno task check` fails as soon as one of them does. Nothing here runs.
 *
 * @module
 */
import { openCheckpoint, type Tensor } from "../checkpoint.ts";
import { infidelity, measureFaithfulness } from "../metrics.ts";
import {
  attribute,
  type AttributionOptions,
  type AttributionRecord,
  type LanguageModel,
  loadModel,
  renderRecord,
} from "../mod.ts";
import { createScorer, exactShapley, type Game, kernelShap, lime, occlude, sampleShapley } from "../perturbation.ts";
import { weightedScores } from "../quadrature.ts";
import { integrateAdaptively, integrateFixed, type PathFunction, quadratureRule, saliency } from "../quadrature.ts";
import type { PointFunction } from "../quadrature.ts";
import { compareRecords } from "../record.ts";
import { aggregate, type Division, type Unit } from "../units.ts";

const TEXT = { prompt: "Michael works as a", target: " software" };

async function mistakesOfAttributions(model: LanguageModel, record: AttributionRecord): Promise<void> {
  // @ts-expect-error an unknown method
  await attribute(model, TEXT, { method: "shaply" });
  // @ts-expect-error a misspelt option
  await attribute(model, TEXT, { stepz: 5 });
  // @ts-expect-error an option that the method lacks
  await attribute(model, TEXT, { method: "lime", window: 2 });
  // @ts-expect-error an option of perturbation methods
  await attribute(model, TEXT, { method: "saliency", scheme: "delete" });
  // @ts-expect-error no norm
  await attribute(model, TEXT, { method: "saliency", norm: "l3" });
  // @ts-expect-error a number as text
  await attribute(model, TEXT, { steps: "50" });
  // @ts-expect-error an unknown objective
  await attribute(model, TEXT, { objective: "log-probs" });
  // @ts-expect-error an unknown quadrature
  await attribute(model, TEXT, { quadrature: "simpson" });
  // @ts-expect-error an unknown metric
  await attribute(model, TEXT, { metrics: { names: ["deletions"] } });
  // @ts-expect-error no prompt
  await attribute(model, { target: " software" });
  // @ts-expect-error an unknown role in the history
  await attribute(model, { ...TEXT, history: [{ role: "bot", content: "Hi" }] });
  // @ts-expect-error an unknown device
  await loadModel("embedded", { device: "cuda" });
  // @ts-expect-error an unknown format
  await renderRecord(record, "pdf");
  // @ts-expect-error a sequence attribution is never null
  record.sequenceAttribution satisfies null;
  // @ts-expect-error the matrix may be missing
  record.tokenAttribution.length satisfies number;
  // @ts-expect-error records without names
  compareRecords([record, record]);
}

/** Never where a type takes any text: then an editor has no words to offer. */
type Offered<T> = string extends T ? never : Extract<T, string>;
type Option<K extends string> = AttributionOptions extends infer O
  ? O extends { readonly [P in K]?: infer V } ? V : never
  : never;

/** Words that an editor completes, and free forms beside them. */
const completed = {
  baseline: ["zero", "mean", "eos", "pad", "random", "shuffle", "token:0", "text:In"],
  scheme: ["delete", "delete-in-place", "mask-attention", "resample", "zero", "mean", "eos", "pad", "token:0"],
  units: ["tokens", "pieces", "words", "sentences", "lines", "turns", "spans:0-5", "template:{a} is"],
} satisfies {
  readonly baseline: readonly Offered<Option<"baseline">>[];
  readonly scheme: readonly Offered<Option<"scheme">>[];
  readonly units: readonly Offered<Option<"units">>[];
};

async function mistakesOfOwnCode(model: LanguageModel): Promise<void> {
  // @ts-expect-error a misspelt baseline
  await attribute(model, TEXT, { baseline: "meen" });
  // @ts-expect-error a misspelt scheme
  await attribute(model, TEXT, { method: "feature-ablation", scheme: "delte" });
  // @ts-expect-error misspelt units
  await attribute(model, TEXT, { units: "word" });
  // @ts-expect-error rows that are no numbers
  await attribute(model, TEXT, { baseline: { name: "a", rows: () => ["a"] } });
  // @ts-expect-error spans without a name
  await attribute(model, TEXT, { units: { name: "a", spans: () => [{ start: 0, end: 1 }] } });
  const parts = [{ objective: "contrastive" }] as const;
  // @ts-expect-error a part that needs an alternative
  await attribute(model, TEXT, { objective: { name: "a", unit: "nats", parts, compose: weightedScores([1]) } });
  // @ts-expect-error a method that takes no list of baselines
  await attribute(model, TEXT, { method: "secant", baseline: "random" });
}

async function mistakesOfPaths(path: PathFunction, points: PointFunction): Promise<void> {
  // @ts-expect-error a rule that there is not
  quadratureRule("simpson", 3);
  // @ts-expect-error adaptive quadrature has no fixed rule
  quadratureRule("adaptive", 3);
  // @ts-expect-error adaptive quadrature takes no steps
  await integrateFixed(path, "adaptive", 10, "sequence");
  // @ts-expect-error no budget
  await integrateAdaptively(path, { tolerance: 0.01, gradient: "token" });
  // @ts-expect-error an unknown norm
  await saliency(points, "max", false);
}

async function mistakesOfGames(game: Game): Promise<void> {
  const scorer = createScorer(game);
  // @ts-expect-error a game is no scorer, which keeps the budget
  await exactShapley(game);
  // @ts-expect-error a sampler without a seed
  await sampleShapley(scorer, { pairs: 10 });
  // @ts-expect-error an option of another method
  await kernelShap(scorer, { seed: 0, pairs: 10 });
  // @ts-expect-error an option of another method
  await occlude(scorer, { seed: 0 });
  // @ts-expect-error a misspelt option
  await lime(scorer, { seed: 0, kernelwidth: 1 });
  // @ts-expect-error an unknown measure
  await measureFaithfulness(scorer, "removal", [0, 1], { seed: 0 });
  // @ts-expect-error no seed
  await infidelity(scorer, [0, 1], {});
}

async function mistakesOfTexts(units: readonly Unit[]): Promise<void> {
  // @ts-expect-error an unknown kind
  ({ kind: "chapters" }) satisfies Division;
  // @ts-expect-error spans without a name
  ({ kind: "spans", spans: [{ start: 0, end: 2 }] }) satisfies Division;
  // @ts-expect-error a division by template without one
  ({ kind: "template" }) satisfies Division;
  // @ts-expect-error no shape
  aggregate([1, 2], null, units);
  const tensor: Tensor = await (await openCheckpoint("model")).read("weight");
  // @ts-expect-error a quantized tensor has no data
  tensor.data satisfies Uint8Array;
}

void [completed, mistakesOfOwnCode, mistakesOfAttributions, mistakesOfPaths, mistakesOfGames, mistakesOfTexts];
