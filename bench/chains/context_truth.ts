/**
 * `deno run -A bench/chains/context_truth.ts [PROMPTS A KIND]`: holds what is said of a context against the truth of
 * the model of chains, its notes as a document and its question as the prompt. Prints tables (docs/context.md).
 */
import type { ObjectiveName } from "../../src/attribution/objectives/objective.ts";
import { attribute } from "../../src/explain/attribute.ts";
import type { AttributionOptions } from "../../src/explain/methods/attribution_options.ts";
import type { AttributionRecord } from "../../src/explain/record/record.ts";
import { type LanguageModel, loadModel } from "../../src/model/model.ts";
import { spearman } from "../../src/statistics/correlation.ts";
import { createRandom } from "../../src/statistics/random.ts";
import { sum } from "../../src/statistics/sums.ts";

const TRUTH = new URL("../../experiments/models/chains/ground_truth.json", import.meta.url);
const HELD_OUT = 32;

/** A prompt with its notes as a document. */
interface ContextTruth {
  readonly text: { readonly prompt: string; readonly target: string; readonly context: readonly string[] };
  /** Words of the target: offsets, and the texts of the notes that they rest on. */
  readonly words: readonly { readonly start: number; readonly end: number; readonly notes: readonly string[] }[];
}

/** Returns the first prompts of each kind. */
export function contextTruths(perKind: number): ContextTruth[] {
  const { prompts } = JSON.parse(Deno.readTextFileSync(TRUTH));
  const counts: Record<string, number> = {};
  // deno-lint-ignore no-explicit-any
  return prompts.filter(({ kind }: any) => (counts[kind] = (counts[kind] ?? 0) + 1) <= perKind).map((one: any) => ({
    text: {
      prompt: `{context}${one.prompt.slice(one.context.end)}`,
      target: one.target,
      context: [one.prompt.slice(0, one.context.end)],
    },
    // deno-lint-ignore no-explicit-any
    words: one.words.filter(({ verified }: any) => verified !== false).map(({ start, end, sentences = [] }: any) => ({
      start,
      end,
      notes: sentences.map((s: number) => one.prompt.slice(one.sentences[s].start, one.sentences[s].end)),
    })),
  }));
}

/** A word of the truth as a token of a record's target. */
export function tokenOf(record: AttributionRecord, word: { readonly start: number; readonly end: number }): number {
  return record.target.tokens.findIndex(({ start, end }) => start! < word.end && end! > word.start);
}

/** Returns the text of the sentence of the context that supports a dependent token most. */
export function topSentence(record: AttributionRecord, s: number): string {
  const { parts, attribution } = record.context!.levels.find(({ level }) => level === "sentences")!;
  const best = attribution![s].reduce((top, value, p, all) => value > all[top] ? p : top, 0);
  return record.prompt.text.slice(parts[best].start, parts[best].end).trim();
}

const METHODS: [name: string, options: AttributionOptions][] = [
  ["coarse-to-fine, sentences", { method: "coarse-to-fine", units: "sentences" }],
  ["coarse-to-fine, sentences, 1 pair", { method: "coarse-to-fine", units: "sentences", orders: 1 }],
  ["coarse-to-fine, sentences, 12 calls", { method: "coarse-to-fine", units: "sentences", budget: 12 }],
  ["coarse-to-fine, tokens, 1 pair", { method: "coarse-to-fine", orders: 1 }],
  ["feature-ablation", { method: "feature-ablation", units: "sentences" }],
  ["context-cite", { method: "context-cite", units: "sentences", heldOut: 0 }],
  ["shapley-sampled, 8 pairs", { method: "shapley-sampled", units: "sentences", pairs: 8 }],
  ["secant", { method: "secant" }],
  ["input-x-gradient", { method: "input-x-gradient" }],
];

/** Sums over prompts. */
interface Tally {
  right: number;
  words: number;
  drop: number;
  lds: number[];
  forwards: number;
}

/** Log-probability that the target loses without the sentence of the largest attribution, and the LDS of all. */
async function faithfulness(model: LanguageModel, record: AttributionRecord): Promise<{ drop: number; lds: number }> {
  const { parts, sequence } = record.context!.levels.find(({ level }) => level === "sentences")!;
  const targets = record.target.tokens.map(({ id }) => id);
  const rows = await model.embed(record.prompt.tokens.map(({ id }) => id));
  const D = model.config.hiddenSize;
  const without = (gone: readonly number[]) => {
    const tokens = new Set(gone.flatMap((p) => parts[p].tokens));
    return rows.filter((_, i) => !tokens.has(Math.floor(i / D)));
  };
  const best = sequence.reduce((top, value, p) => value > sequence[top] ? p : top, 0);
  const random = createRandom(1);
  const masks = Array.from({ length: HELD_OUT }, () => sequence.map(() => random.integer(2)));
  const prompts = [rows, without([best]), ...masks.map((mask) => without([...mask.keys()].filter((p) => !mask[p])))];
  const [whole, less, ...held] = (await model.score(prompts, targets, rows)).map(sum);
  const predicted = masks.map((mask) => sum(mask.map((kept, p) => kept * sequence[p])));
  return { drop: whole - less, lds: spearman(predicted, held) };
}

async function main(): Promise<void> {
  const perKind = Number(Deno.args[0] ?? 10);
  const model = await loadModel("chains", { device: "cpu", threads: 1 });
  const truths = contextTruths(perKind);
  const thresholds = ["mean+1sd", "mean+0.5sd", 0.1, 0.01] as const;
  const found = thresholds.flatMap((threshold) =>
    (["js", "kl", "kl-reverse"] as const).map((dependence) => ({
      ...{ threshold, dependence, both: 0, selected: 0, known: 0 },
    }))
  );
  const tallies = new Map<string, Tally>();
  for (const { text, words } of truths) {
    for (const one of found) {
      const { dependence, threshold } = one;
      const record = await attribute(model, { ...text, dependence, threshold }, { method: "input-x-gradient" });
      const resting = words.filter(({ notes }) => notes.length > 0).map((word) => tokenOf(record, word));
      const judged = new Set(words.map((word) => tokenOf(record, word)));
      const selected = record.context!.dependent.filter((t) => judged.has(t));
      one.both += selected.filter((t) => resting.includes(t)).length;
      one.selected += selected.length;
      one.known += resting.length;
    }
    for (const [name, options] of METHODS) {
      const objective: ObjectiveName = "log-prob";
      const record = await attribute(
        model,
        { ...text, threshold: 0.1 },
        { ...options, objective } as AttributionOptions,
      );
      const tally = tallies.get(name) ?? { right: 0, words: 0, drop: 0, lds: [], forwards: 0 };
      for (const word of words) {
        const s = record.context!.dependent.indexOf(tokenOf(record, word));
        if (s < 0 || word.notes.length === 0) continue;
        tally.words++;
        if (word.notes.includes(topSentence(record, s))) tally.right++;
      }
      const { drop, lds } = await faithfulness(model, record);
      tally.drop += drop;
      if (!Number.isNaN(lds)) tally.lds.push(lds);
      tally.forwards += record.context!.cost.forwardEquivalents;
      tallies.set(name, tally);
    }
  }
  model.close();
  const percent = (part: number, whole: number) => `${(100 * part / whole).toFixed(1)} %`;
  const lines = [
    `${truths.length} prompts`,
    "| divergence | threshold | precision | recall |",
    ...found.map(({ dependence, threshold, both, selected, known }) =>
      `| ${dependence} | ${threshold} | ${percent(both, selected)} | ${percent(both, known)} |`
    ),
    "",
    "| method | right sentence first | drop without it, nats | LDS | forward-equivalents |",
    ...[...tallies].map(([name, { right, words, drop, lds, forwards }]) =>
      `| ${name} | ${percent(right, words)} | ${(drop / truths.length).toFixed(2)} | ${
        (sum(lds) / lds.length).toFixed(2)
      } | ${(forwards / truths.length).toFixed(1)} |`
    ),
  ];
  await Deno.stdout.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
}

if (import.meta.main) await main();
