/**
 * `deno run -A bench/chains/measure.ts [PROMPTS] [METHOD …]`: tells the necessary steps of planted chains from the
 * decorative ones, by several methods, on held-out prompts that mix both; every so many-th of them if fewer are asked
 * for. Prints a table (docs/choosing.md).
 */
import { flashTrace } from "../../src/attribution/chains/flash_trace.ts";
import { chainParts } from "../../src/attribution/chains/chain_parts.ts";
import { endChains, rowShares } from "../../src/attribution/chains/row_shares.ts";
import { attribute } from "../../src/explain/attribute.ts";
import { chainEnds } from "../../src/explain/chains/chain_ends.ts";
import type { AttributionRecord } from "../../src/explain/record/record.ts";
import { spanInfluences } from "../../src/explain/record/span_influences.ts";
import { type LanguageModel, loadModel } from "../../src/model/model.ts";
import { print } from "../figure.ts";
import { CHAIN_METHODS, type ChainMethod } from "./chain_methods.ts";
import { type ChainCase, mixedCases } from "./mixed_cases.ts";
import { type MeanScore, meanScore, scoreSteps, type StepScore } from "./score_steps.ts";

/** Influences of each step, by one method in one prompt. */
interface StepInfluences {
  readonly read: readonly number[];
  readonly reach: readonly number[];
  /** Through words of steps alone; null where a method has no rows. */
  readonly words: readonly number[] | null;
}

const [prompts = "93", ...names] = Deno.args;
const cases = mixedCases(Number(prompts));
const chosen = Object.entries(CHAIN_METHODS).filter(([name]) => names.length === 0 || names.includes(name));
const model = await loadModel("chains", { device: "cpu" });
print(
  "| method | read: direct steps | read: necessary steps | reach, all chains | invented | reach, words alone | " +
    "invented | forwards | s |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
);
for (const [name, method] of chosen) print(await measure(name, method));
model.close();

async function measure(name: string, method: ChainMethod): Promise<string> {
  const scores: Record<"direct" | "read" | "reach" | "words", StepScore[]> = {
    direct: [],
    read: [],
    reach: [],
    words: [],
  };
  let [forwards, seconds] = [0, 0];
  for (const one of cases) {
    const forward = await forwardWork(model, one);
    const [work, start] = [model.meter.work, performance.now()];
    const { read, reach, words } = await influences(model, one, method);
    seconds += (performance.now() - start) / 1e3;
    forwards += (model.meter.work - work) / forward;
    const necessary = one.steps.map(({ label }) => label === "necessary");
    scores.direct.push(scoreSteps(read, one.steps.map(({ direct }) => direct)));
    scores.read.push(scoreSteps(read, necessary));
    scores.reach.push(scoreSteps(reach, necessary));
    if (words !== null) scores.words.push(scoreSteps(words, necessary));
  }
  const found = { ...scores, words: meanScore(scores.words) };
  const reach = meanScore(scores.reach);
  return `| ${
    [
      name,
      shown(meanScore(found.direct)),
      shown(meanScore(found.read)),
      shown(reach),
      reach.invented.toFixed(2),
      ...(found.words.prompts === 0 ? ["", ""] : [shown(found.words), found.words.invented.toFixed(2)]),
      (forwards / cases.length).toFixed(0),
      (seconds / cases.length).toFixed(2),
    ].join(" | ")
  } |`;
}

function shown({ apart, auc }: MeanScore): string {
  return `${(100 * apart).toFixed(0)} %, ${auc.toFixed(2)}`;
}

async function influences(model: LanguageModel, one: ChainCase, method: ChainMethod): Promise<StepInfluences> {
  if (method.method === "hops") return await traced(model, one, method.hops);
  const through = `spans:${one.steps.map(({ start, end }) => `${start}-${end}`).join(",")}` as const;
  const { prompt, target, answer } = one;
  const record = await attribute(model, { prompt, target }, { ...method, through, answer: answer.text });
  const steps = spanInfluences(record);
  return {
    read: steps.map(({ read }) => read),
    reach: steps.map(({ reach }) => reach),
    words: await ofWords(model, record, one),
  };
}

/** As the option `passes: words` has it, with what stands behind a step's ">" as its span: that was edited. */
async function ofWords(
  model: LanguageModel,
  record: AttributionRecord,
  { steps, target }: ChainCase,
): Promise<readonly number[]> {
  const { thinkMarkers } = await model.tokenizer();
  const { tokens } = record.target;
  const answer = record.through!.answer.tokens;
  const shares = rowShares({
    targets: tokens.length,
    tokens: record.prompt.tokens.length,
    prompt: record.tokenAttribution!.flat(),
    generated: record.prefix!.attribution!.flat(),
  }, "absolute");
  const ends = new Set(chainEnds({ text: target, tokens }, answer, thinkMarkers, "words"));
  const values = steps.map(({ start, end }) => {
    const from = target.indexOf(">", start);
    return tokens.flatMap((token, t) => token.start! >= from && token.end! < end ? [t] : []);
  });
  return chainParts(endChains(shares, (t) => ends.has(t)), answer, values).reach;
}

/** Takes the prompt and the target as one sequence, so that the importance of the target's rows is returned too. */
async function traced(model: LanguageModel, one: ChainCase, hops: number): Promise<StepInfluences> {
  const { encodePrompt, encodeTarget } = await model.tokenizer();
  const prompt = (await encodePrompt(one.prompt)).tokens.map(({ id }) => id);
  const target = await encodeTarget(one.target);
  const rows = async (end: number) => prompt.length + (await encodeTarget(one.target.slice(0, end))).length;
  const range = async (start: number, end: number) => {
    const from = await rows(start);
    return Array.from({ length: await rows(end) - from }, (_, k) => from + k);
  };
  const steps = await Promise.all(one.steps.map(({ start, end }) => range(start - 1, end)));
  const found = await flashTrace(
    await model.flow(await model.embed([...prompt, ...target])),
    {
      prompt: prompt.length + target.length,
      answer: await range(one.answer.start - 1, one.answer.end),
      reasoning: steps.flat(),
    },
    hops,
  );
  const of = (values: Float64Array) => steps.map((step) => step.reduce((sum, row) => sum + values[row], 0));
  return { read: of(found.direct), reach: of(found.total), words: null };
}

/** Multiplications of one forward pass over the prompt and the target. */
async function forwardWork(model: LanguageModel, { prompt, target }: ChainCase): Promise<number> {
  const { encodePrompt, encodeTarget } = await model.tokenizer();
  const rows = await model.embed((await encodePrompt(prompt)).tokens.map(({ id }) => id));
  const before = model.meter.work;
  await model.logits(rows, await encodeTarget(target));
  return model.meter.work - before;
}
